// The rules of one policy, compiled: what the maskers of all channels share.
import { Automaton } from './automaton.ts';
import { MaskingError, PatternProblem, type RuleProblem } from './masking-error.ts';
import { type Pattern } from './positions.ts';
import { readPattern, type CaptureMode } from './pattern.ts';
import { PrebuiltPatterns, type PrebuiltData } from './prebuilt.ts';
import { Resolver } from './resolver.ts';
import type { Rule } from './rule.ts';
import { prebuiltData } from './rules/prebuilt-data.ts';
import { Union } from './union.ts';

export interface RuleBook {
  readonly rules: readonly Rule[];
  readonly automaton: Automaton;
  readonly resolver: Resolver;
  readonly shortestMatch: number;
}

export function compileRules(rules: readonly Rule[], tableBytes?: number): RuleBook {
  const read = rules.map(patternOf);
  const union = new Union(
    rules.map((rule, index) => ({ id: rule.id, pattern: read[index] as Pattern, masksAtCap: rule.pack !== 'pii' })),
  );
  return {
    rules,
    automaton: new Automaton(union, tableBytes),
    resolver: new Resolver(union),
    shortestMatch: read.reduce((shortest, pattern) => Math.min(shortest, pattern.shortest), Infinity),
  };
}

export function captureModeOf(rule: Rule): CaptureMode {
  return rule.pack === 'custom' || rule.pack === 'known' ? 'named-group' : 'groups';
}

/** Built-in rules are the same objects for every policy: read once. */
const patterns = new WeakMap<Rule, Pattern>();

let prebuilt: PrebuiltPatterns | null = null;

function prebuiltOf(rule: Rule): Pattern | null {
  if (captureModeOf(rule) === 'named-group') return null;
  prebuilt ??= new PrebuiltPatterns(JSON.parse(prebuiltData) as PrebuiltData);
  return prebuilt.get(rule.id, rule.pattern);
}

function patternOf(rule: Rule): Pattern {
  const known = patterns.get(rule);
  if (known !== undefined) return known;
  try {
    const pattern =
      rule.compiled?.() ?? prebuiltOf(rule) ?? readPattern(rule.pattern, rule.flags ?? '', captureModeOf(rule));
    patterns.set(rule, pattern);
    return pattern;
  } catch (error) {
    if (error instanceof PatternProblem) throw new MaskingError(problemOf(rule.id, error));
    throw error;
  }
}

export function problemOf(rule: string, problem: PatternProblem): RuleProblem {
  const { code, position, message, suggestion } = problem;
  return { code, rule, position, message, suggestion };
}
