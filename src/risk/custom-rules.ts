// The policy's own rules: what their `match` means, and whether they can match at all.

import { flagPattern, type Matcher, matcherOf, type MatchProblem } from './matchers.ts';
import type { Category } from './rule.ts';
import { catalogue } from './rules/catalogue.ts';

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A rule of the policy file. */
export interface RiskRule {
  readonly id: string;
  /** Null: where the built-in rule of this id looks, else everywhere. */
  readonly when: readonly ('shell' | 'tool' | 'code' | 'text')[] | null;
  /** Null: what the built-in rule of this id matches. */
  readonly match: string | { readonly [key: string]: Json } | null;
  readonly then: 'allow' | 'ask' | 'deny';
  readonly reason: string | null;
}

export interface RiskRuleProblem {
  /** One sentence that says what to do. */
  readonly message: string;
  readonly key?: 'match' | 'when' | 'id';
  readonly suggestion?: string;
}

/** What a rule is about: built-in rules by name, or matchers that look at the facts. */
export type Meaning =
  | { readonly kind: 'rules'; readonly ids: readonly string[]; readonly named: boolean }
  | { readonly kind: 'matchers'; readonly matchers: readonly Matcher[] }
  | { readonly kind: 'none'; readonly problem: RiskRuleProblem };

const ids = new Set(catalogue.map(({ id }) => id));
const categories = new Set<string>(catalogue.map(({ category }) => category));

export function meaningOf(rule: RiskRule): Meaning {
  const { match } = rule;
  if (match === null) {
    if (ids.has(rule.id)) return { kind: 'rules', ids: [rule.id], named: true };
    const close = closest(rule.id, [...ids]);
    return none({
      key: 'id',
      message: 'Say what the rule matches: no built-in rule has this id.',
      ...(close === null ? {} : { suggestion: `Did you mean "${close}"?` }),
    });
  }
  if (typeof match !== 'string') {
    const made = matcherOf(match, ids, categories);
    return 'problem' in made ? none(problemOf(made)) : { kind: 'matchers', matchers: made.matchers };
  }
  if (ids.has(match)) return { kind: 'rules', ids: [match], named: true };
  if (categories.has(match)) return { kind: 'rules', ids: idsOf(match as Category), named: false };
  const close = closest(match, [...ids, ...categories]);
  if (close !== null && !/\s/.test(match))
    return none({
      key: 'match',
      message: `Name a category, a built-in rule or a command: there is no "${match}".`,
      suggestion: `Did you mean "${close}"?`,
    });
  const pattern = flagPattern(match);
  return pattern === null
    ? none({ key: 'match', message: 'Write a command such as "git push *": this one can never match.' })
    : { kind: 'matchers', matchers: [pattern] };
}

function idsOf(category: Category): string[] {
  return catalogue.filter((rule) => rule.category === category).map(({ id }) => id);
}

function none(problem: RiskRuleProblem): Meaning {
  return { kind: 'none', problem };
}

function problemOf({ problem, suggestion }: MatchProblem): RiskRuleProblem {
  return { key: 'match', message: problem, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** Why a rule can never match, or null when it can. */
export function checkRiskRule(rule: RiskRule): RiskRuleProblem | null {
  const meaning = meaningOf(rule);
  if (meaning.kind === 'none') return meaning.problem;
  const { when } = rule;
  if (when === null) return null;
  const places = when.filter((place) => place !== 'text');
  if (places.length === 0)
    return { key: 'when', message: 'Add shell, tool or code: plain text does nothing, so this rule can never match.' };
  if (meaning.kind === 'rules') {
    const looks = new Set(catalogue.filter(({ id }) => meaning.ids.includes(id)).flatMap(({ when: where }) => where));
    if (!places.some((place) => looks.has(place)))
      return {
        key: 'when',
        message: `Write ${[...looks].join(' or ')}: the rule looks nowhere else, so this can never match.`,
      };
  } else if (
    !places.includes('tool') &&
    !places.includes('shell') &&
    meaning.matchers.some(({ key }) => key === 'tool')
  ) {
    return { key: 'when', message: 'Add tool: code blocks have no tool name, so this rule can never match.' };
  }
  return null;
}

/** The known name that a typing mistake was meant to be. */
export function closest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let least = Math.min(3, Math.floor(word.length / 3) + 1);
  for (const each of known) {
    const distance = distanceOf(word.slice(0, 64), each);
    if (distance > 0 && distance < least) {
      best = each;
      least = distance;
    }
  }
  return best;
}

function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
