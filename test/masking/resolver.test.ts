// The engine against the oracle: the same edits for the built-in rules and for generated ones.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Placeholders } from '../../src/masking/placeholder.ts';
import { compileRules, type RuleBook } from '../../src/masking/rule-book.ts';
import { catalogue } from '../../src/masking/rules/catalogue.ts';
import type { Rule } from '../../src/masking/rule.ts';
import { SpanVerdicts } from '../../src/masking/spans.ts';
import { StreamMasker } from '../../src/masking/text-masker.ts';
import { eventfulText, fingerprint } from './fixtures.ts';
import { bruteForce } from './oracle.ts';

function judged(rules: readonly Rule[]): { book: RuleBook; verdicts: SpanVerdicts } {
  const book = compileRules(rules);
  const placeholders = new Placeholders('word', rules);
  const judge = {
    placeholders,
    isPlaceholder: (value: string) => placeholders.isIn(value),
    allows: () => false,
    allowsHash: () => false,
    fingerprint,
    remember: () => undefined,
  };
  return { book, verdicts: new SpanVerdicts(judge) };
}

function agree(
  rules: readonly Rule[],
  { book, verdicts }: { book: RuleBook; verdicts: SpanVerdicts },
  text: string,
): void {
  const masker = new StreamMasker(book, verdicts);
  masker.push(text);
  masker.end();
  const slow = { ...book, resolver: { resolve: () => bruteForce(rules, text) } } as unknown as RuleBook;
  const region = { text, at: 0, before: book.automaton.initial, rules: [], ended: true, cut: false };
  const expected = verdicts.decide(slow, region).edits;
  expect(masker.takeEdits()).toEqual(expected);
}

const atom = fc.constantFrom('a', 'b', '[ab]', '[^a]', 'c', '\\d', '.', '[a-c]', 'ab', '(?:a|bc)', '(?:ab?)');
const piece = fc
  .tuple(atom, fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}'))
  .map(([text, count]) => (text.length > 1 && !/^[[(\\]/u.test(text) ? `(?:${text})${count}` : text + count));
const pieces = fc.array(piece, { minLength: 1, maxLength: 3 }).map((list) => list.join(''));
const pattern = fc
  .tuple(
    fc.constantFrom('', '(?<![a-c])', '(?<![ab])', '^', '(?<=[ -])'),
    fc.option(pieces),
    pieces,
    fc.option(pieces),
    fc.constantFrom('', '(?![a-c])', '(?=[ -]|$)', '$'),
  )
  .map(([left, before, inside, after, right]) => `${left}${before ?? ''}(${inside})${after ?? ''}${right}`);

function madeRule(source: string, index: number): Rule {
  return {
    id: `rule-${index}`,
    kind: 'test',
    severity: 'low',
    certainty: 'format',
    pack: 'secrets',
    pattern: source,
    examples: [],
  };
}

describe('the resolver', () => {
  it('finds what the oracle finds, for generated rules', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', 'ab', '1', ' ', '-', '\\n'), { maxLength: 14 })
      .map((list) => list.join('').slice(0, 8)); // As many beginnings as the resolver remembers.
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 3 }),
        fc.array(text, { minLength: 4, maxLength: 4 }),
        (patterns, texts) => {
          const rules = patterns.map(madeRule);
          let ready;
          try {
            ready = judged(rules);
          } catch {
            return; // Patterns that match nothing or the empty text are refused; the lint has its own tests.
          }
          for (const each of texts) agree(rules, ready, each);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('finds what the oracle finds, for the built-in rules', () => {
    const rules = catalogue.filter((rule) => rule.pack === 'secrets' && rule.compiled === undefined);
    const few = catalogue.filter((rule) => rule.compiled !== undefined).filter((_, index) => index % 5 === 0);
    const ready = judged([...rules, ...few]);
    fc.assert(
      fc.property(eventfulText, (text) => {
        agree([...rules, ...few], ready, text.slice(0, 160));
      }),
      { numRuns: 500 },
    );
  });
});
