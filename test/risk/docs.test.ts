// The page says what the rules are.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withRuleList } from './rule-list.ts';

it('docs/approvals.md lists the rules as they are (else run: node test/bench/risk-docs.ts)', async () => {
  const page = readFileSync(new URL('../../docs/approvals.md', import.meta.url), 'utf8');
  expect((await withRuleList(page)) === page).toBe(true);
});
