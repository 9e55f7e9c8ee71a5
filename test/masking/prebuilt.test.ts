// The prebuilt patterns are those of the rules.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readPattern } from '../../src/masking/pattern.ts';
import { PrebuiltPatterns, type PrebuiltData } from '../../src/masking/prebuilt.ts';
import { catalogue } from '../../src/masking/rules/catalogue.ts';
import { prebuiltData } from '../../src/masking/rules/prebuilt-data.ts';
import { prebuiltSource } from './prebuilt-source.ts';

describe('the prebuilt patterns', () => {
  it('are up to date (else run: node test/bench/masking-prebuild.ts)', () => {
    const file = readFileSync(new URL('../../src/masking/rules/prebuilt-data.ts', import.meta.url), 'utf8');
    expect(file === prebuiltSource()).toBe(true);
  });

  it('read as the patterns do', () => {
    const prebuilt = new PrebuiltPatterns(JSON.parse(prebuiltData) as PrebuiltData);
    for (const rule of catalogue.filter((each) => each.compiled === undefined)) {
      expect(prebuilt.get(rule.id, rule.pattern), rule.id).toEqual(
        readPattern(rule.pattern, rule.flags ?? '', 'groups'),
      );
    }
    expect(prebuilt.get('jwt', 'changed')).toBeNull();
    expect(prebuilt.get('no-such-rule', '')).toBeNull();
  });
});
