// The user's risk rules before the risk engine: those that can never match, told at their place in the file.

import type { Document } from 'yaml';
import { locate } from './locate.ts';
import type { RiskRule } from './policy.ts';
import { riskRule } from './resolve.ts';
import type { PolicyFile } from './schema.ts';
import { sentence } from './sentence.ts';

/** What the risk engine says about a rule that can never match; null when it can. */
export type CheckRiskRule = (rule: RiskRule) => RiskRuleProblem | null;

export interface RiskRuleProblem {
  readonly message: string;
  /** The key that is to blame; left out: the rule. */
  readonly key?: 'match' | 'when' | 'id';
  readonly suggestion?: string;
}

export function checkRiskRules(
  document: Document.Parsed,
  file: PolicyFile,
  checkRiskRule: CheckRiskRule,
  report: (offset: number, message: string) => void,
): void {
  const places = [
    { path: ['risk'], rules: file.risk ?? [] },
    ...(file.scopes ?? []).map(({ risk }, i) => ({ path: ['scopes', i, 'risk'], rules: risk ?? [] })),
  ];
  const known = new Map<string, RiskRule>();
  for (const { path, rules } of places) {
    for (const [i, written] of rules.entries()) {
      const rule = riskRule(written);
      // A rule without a match takes that of the rule it overrides.
      const whole = { ...rule, match: rule.match ?? known.get(rule.id)?.match ?? null };
      const problem = checkRiskRule(whole);
      if (problem === null) known.set(rule.id, whole);
      else {
        const key = problem.key !== undefined && problem.key in written ? [problem.key] : [];
        const suggestion = problem.suggestion === undefined ? '' : ` ${problem.suggestion}`;
        report(locate(document, [...path, i, ...key], 'value'), `${sentence(problem.message)}${suggestion}`);
      }
    }
  }
}
