// Values the policy says are never secret: literals, `/pattern/`, matched in linear time like every rule, or the fingerprint
// of one value that nobody wants to write down.
import { compileRules } from './rule-book.ts';
import type { Rule } from './rule.ts';

const noElements = new Uint16Array(0);

export interface AllowList {
  /** `value` is what a rule captured, `whole` the same with the public text before it. */
  readonly names: (value: string, whole: string) => boolean;
  /**
   * By keyed hash (hex), of which an entry holds the first 16 digits, as findings do. 64 bits under a key that never leaves this
   * user's secret store: nobody can make a secret that passes, and two values of one person do not meet by chance. An entry
   * says no more about its value than the log does.
   */
  readonly knows: (hash: string) => boolean;
  readonly hasFingerprints: boolean;
}

const fingerprintEntry = /^fingerprint:([0-9a-f]{16})$/u;

export function allowListOf(allow: readonly string[]): AllowList {
  const fingerprints = new Set(allow.flatMap((entry) => fingerprintEntry.exec(entry)?.[1] ?? []));
  return {
    names: namesOf(allow.filter((entry) => !fingerprintEntry.test(entry))),
    knows: (hash) => fingerprints.has(hash.slice(0, 16)),
    hasFingerprints: fingerprints.size > 0,
  };
}

function namesOf(allow: readonly string[]): AllowList['names'] {
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
