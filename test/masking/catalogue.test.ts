// Every built-in rule carries its own proof: texts it masks and texts it leaves.
import { describe, expect, it } from 'vitest';
import { type Pattern } from '../../src/masking/positions.ts';
import { readPattern } from '../../src/masking/pattern.ts';
import { compileRules } from '../../src/masking/rule-book.ts';
import { catalogue } from '../../src/masking/rules/catalogue.ts';
import type { Rule } from '../../src/masking/rule.ts';
import { sketchExample } from '../../src/masking/sketch.ts';
import { masking } from './fixtures.ts';

const engine = masking({ packs: ['secrets', 'pii'] });

function rulesIn(text: string): string[] {
  return engine
    .explain(text)
    .filter((each) => each.masked)
    .map((each) => each.rule);
}

function alone(rule: Rule): (text: string) => boolean {
  const book = compileRules([rule]);
  return (text) =>
    book.resolver
      .resolve(text, new Uint16Array(0), book.automaton.initial.context, [0], true, false)
      .some((each) => rule.check === undefined || rule.check(text.slice(each.start, each.end)) !== 'no');
}

function canonical(pattern: Pattern): unknown {
  const { sets, flags, first, last, shortest } = pattern;
  return {
    sets: sets.length,
    flags: flags.filter((flag) => flag !== 0).length,
    first: first.length,
    last: last.length,
    shortest,
  };
}

describe('the catalogue', () => {
  it('has many rules with unique names', () => {
    expect(new Set(catalogue.map((rule) => rule.id)).size).toBe(catalogue.length);
  });

  it.each(catalogue.map((rule) => [rule.id, rule] as const))(
    '%s matches its examples and not its counter-examples',
    (_, rule) => {
      const matches = alone(rule);
      for (const sketch of rule.examples) {
        for (const seed of [0, 1, 2]) {
          const text = sketchExample(sketch, seed);
          expect(matches(text), text.slice(0, 80)).toBe(true);
          expect(rulesIn(`x ${text} y`).length, text.slice(0, 80)).toBeGreaterThan(0);
          expect(new RegExp(rule.pattern, rule.flags).test(text)).toBe(true);
        }
      }
      for (const sketch of rule.counterExamples ?? []) expect(matches(sketchExample(sketch)), sketch).toBe(false);
    },
  );

  it('builds formats as their pattern says', () => {
    for (const rule of catalogue) {
      const compiled = rule.compiled?.();
      if (compiled === undefined) continue;
      const read = readPattern(rule.pattern, '', 'groups');
      expect(read.shortest, rule.id).toBe(compiled.shortest);
      const short = rule.examples
        .map((sketch) => sketchExample(sketch))
        .map((text) => text.slice(0, Math.max(1, compiled.shortest - 1)));
      for (const text of short) expect(new RegExp(rule.pattern).test(text), `${rule.id} ${text}`).toBe(false);
      expect(canonical(compiled)).toMatchObject({ shortest: compiled.shortest });
    }
  });
});
