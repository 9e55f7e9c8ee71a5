// The risk rules that a policy and its scopes ask for, compiled once each.

import type { Policy, ScopedPolicy } from '../policy/policy.ts';
import { compileRisk, type Risk } from '../risk/risk.ts';

/** Throws where rules cannot be used. The answer is for the policy itself and its scopes. */
export function compileRisks(policy: Policy): (scoped: ScopedPolicy) => Risk {
  const all: readonly ScopedPolicy[] = [policy, ...policy.scopes.map((scope) => scope.policy)];
  const made = new Map(all.map((scoped) => [scoped, compileRisk({ rules: scoped.risk, approved: scoped.approved })]));
  return (scoped) => made.get(scoped) ?? compileRisk({ rules: scoped.risk, approved: scoped.approved });
}
