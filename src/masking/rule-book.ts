// The rules of one policy, compiled: what the maskers of all channels share.
import { Automaton } from './automaton.ts';
import { MaskingError, PatternProblem, type RuleProblem } from './masking-error.ts';
import { readPattern, type CaptureMode, type Pattern } from './pattern.ts';
import { Resolver } from './resolver.ts';
import type { Rule } from './rule.ts';
import { Union } from './union.ts';

export interface RuleBook {
  readonly rules: readonly Rule[];
  readonly automaton: Automaton;
  readonly resolver: Resolver;
  readonly shortestMatch: number;
}

export function compileRules(rules: readonly Rule[], tableBytes?: number): RuleBook {
  const patterns = rules.map(patternOf);
  const union = new Union(
    rules.map((rule, index) => ({ id: rule.id, pattern: patterns[index] as Pattern, masksAtCap: rule.pack !== 'pii' })),
  );
  return {
    rules,
    automaton: new Automaton(union, tableBytes),
    resolver: new Resolver(union),
    shortestMatch: patterns.reduce((shortest, pattern) => Math.min(shortest, pattern.shortest), Infinity),
  };
}

export function captureModeOf(rule: Rule): CaptureMode {
  return rule.pack === 'custom' || rule.pack === 'known' ? 'named-group' : 'first-group';
}

function patternOf(rule: Rule): Pattern {
  try {
    return readPattern(rule.pattern, rule.flags ?? '', captureModeOf(rule));
  } catch (error) {
    if (error instanceof PatternProblem) throw new MaskingError(problemOf(rule.id, error));
    throw error;
  }
}

export function problemOf(rule: string, problem: PatternProblem): RuleProblem {
  const { code, position, message, suggestion } = problem;
  return { code, rule, position, message, suggestion };
}
