// Values the policy says are never secret: literals, or `/pattern/`, matched in linear time like every rule.
import { compileRules } from './rule-book.ts';
import type { Rule } from './rule.ts';

const noElements = new Uint16Array(0);

/** `value` is what a rule captured, `whole` the same with the public text before it. */
export function allowListOf(allow: readonly string[]): (value: string, whole: string) => boolean {
  const literals = new Set(allow.filter((entry) => patternOf(entry) === null));
  const rules = allow.flatMap((entry, index): Rule[] => {
    const pattern = patternOf(entry);
    if (pattern === null) return [];
    const [, source, flags] = pattern;
    return [
      {
        id: `allow[${index}]`,
        kind: 'allow',
        severity: 'low',
        certainty: 'format',
        pack: 'custom',
        pattern: source,
        flags,
        examples: [],
      },
    ];
  });
  if (rules.length === 0) return (value, whole) => literals.has(value) || literals.has(whole);
  const book = compileRules(rules);
  const every = rules.map((_, index) => index);
  const matches = (text: string): boolean =>
    book.resolver.resolve(text, noElements, book.automaton.initial.context, every, true, false).length > 0;
  return (value, whole) => literals.has(value) || literals.has(whole) || matches(whole);
}

function patternOf(entry: string): readonly [string, string, string] | null {
  const match = /^\/(.+)\/([a-z]*)$/su.exec(entry);
  return match === null ? null : [match[0], match[1] as string, match[2] as string];
}
