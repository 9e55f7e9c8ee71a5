// A risk engine that says what a test wants, for tests of what is done with its verdicts.

import type { RiskInForce } from '../../src/exchange/judge.ts';
import type { Assessment, Proposal } from '../../src/risk/risk.ts';

/** `verdict`: of each proposal. */
export function riskOf(verdict: (proposal: Proposal) => Assessment['verdict']): RiskInForce {
  return (proposal) => {
    const found = verdict(proposal);
    return {
      verdict: found,
      reasons:
        found === 'allow'
          ? []
          : [
              {
                rule: 'test-rule',
                severity: 'high',
                reason: 'A test wants it so.',
              },
            ],
      effects: { runs: [], writes: [], hosts: [], credentials: [] },
      canonical: JSON.stringify(proposal),
    };
  };
}
