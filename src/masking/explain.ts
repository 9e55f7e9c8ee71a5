// Which rules act on a text, and why or why not.
import type { Certainty } from './finding.ts';
import type { RuleBook } from './rule-book.ts';
import type { Rule } from './rule.ts';
import type { SpanVerdicts } from './spans.ts';

export interface Explanation {
  readonly rule: string;
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly masked: boolean;
  /** One sentence. */
  readonly reason: string;
}

const released = {
  placeholder: 'not masked: it is a placeholder already',
  allowed: 'not masked: the allow list names it',
  check: 'not masked: it looks like an example, a reference, program text, or its checksum is wrong',
} as const;

export const because: Readonly<Record<Certainty, string>> = {
  checksum: 'masked: it has the form of the rule and its checksum is right',
  format: 'masked: it has the form of the rule',
  'key-name': 'masked: it stands behind a name that tells a secret',
  'known-value': 'masked: it is the value of a known secret',
};

export function explainText(book: RuleBook, verdicts: SpanVerdicts, text: string): Explanation[] {
  const every = book.rules.map((_, index) => index);
  const initial = book.automaton.initial;
  return book.resolver
    .resolve(text, initial.elements, initial.context, every, true, false)
    .sort((a, b) => a.start - b.start || a.rule - b.rule)
    .map((candidate) => {
      const rule = book.rules[candidate.rule] as Rule;
      const own = verdicts.reasonFor(rule, candidate, text);
      const isKnown = typeof own !== 'string' && rule.pack !== 'known';
      const verdict = isKnown && verdicts.knows(text.slice(candidate.start, candidate.end)) ? 'allowed' : own;
      const masked = typeof verdict !== 'string';
      const reason = masked ? because[verdict.certainty] : released[verdict];
      return { rule: rule.id, kind: rule.kind, start: candidate.start, end: candidate.end, masked, reason };
    });
}
