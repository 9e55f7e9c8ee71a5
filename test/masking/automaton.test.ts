// The table is bounded: emptied in the middle of a stream, it must not change what is found.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edit } from '../../src/masking/masking.ts';
import { Placeholders } from '../../src/masking/placeholder.ts';
import { compileRules, type RuleBook } from '../../src/masking/rule-book.ts';
import { catalogue } from '../../src/masking/rules/catalogue.ts';
import { SpanVerdicts, type Judge } from '../../src/masking/spans.ts';
import { StreamMasker } from '../../src/masking/text-masker.ts';
import { eventfulText, fingerprint } from './fixtures.ts';

const rules = catalogue.filter((rule) => rule.pack === 'secrets');
const placeholders = new Placeholders('word', rules);
const judge: Judge = {
  placeholders,
  isPlaceholder: (value) => placeholders.isIn(value),
  allows: () => false,
  allowsHash: () => false,
  fingerprint,
  remember: () => undefined,
};
const verdicts = new SpanVerdicts(judge);
const roomy = compileRules(rules);
const cramped = compileRules(rules, 1);

function editsOf(book: RuleBook, texts: readonly string[]): Edit[][] {
  // Several streams at once share one table, as several channels do.
  const maskers = texts.map(() => new StreamMasker(book, verdicts));
  const found: Edit[][] = texts.map(() => []);
  const longest = Math.max(...texts.map((text) => text.length));
  for (let at = 0; at < longest; at += 5) {
    texts.forEach((text, index) => {
      maskers[index]?.push(text.slice(at, at + 5));
      found[index]?.push(...(maskers[index]?.takeEdits() ?? []));
    });
  }
  maskers.forEach((masker, index) => {
    masker.end();
    found[index]?.push(...masker.takeEdits());
  });
  return found;
}

describe('the automaton', () => {
  it('finds the same with a table that is emptied all the time', () => {
    fc.assert(
      fc.property(fc.array(eventfulText, { minLength: 1, maxLength: 3 }), (texts) => {
        expect(editsOf(cramped, texts)).toEqual(editsOf(roomy, texts));
      }),
      { numRuns: 600 },
    );
    expect(cramped.automaton.generation).toBeGreaterThan(100);
    expect(cramped.automaton.stateCount).toBeLessThanOrEqual(64);
  });

  it('does so across the hold cap', () => {
    const text = `key sk-${'a1B2c3D4'.repeat(2000)} password: "x${'y7'.repeat(3000)}" end`;
    expect(editsOf(cramped, [text])).toEqual(editsOf(roomy, [text]));
  });
});
