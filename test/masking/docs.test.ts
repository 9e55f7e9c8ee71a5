// The page says what the rules are.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withRuleList } from './rule-list.ts';

describe('docs/masking.md', () => {
  it('lists the rules as they are (else run: node test/bench/masking-docs.ts)', async () => {
    const page = readFileSync(new URL('../../docs/masking.md', import.meta.url), 'utf8');
    expect((await withRuleList(page)) === page).toBe(true);
  });
});
