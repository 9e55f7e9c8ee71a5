// Judging in a folder that exists nowhere, in the few words that tests need.
import { builtInRules, compileRisk, type Assessment, type Proposal, type RiskRule } from '../../src/risk/risk.ts';

export const context = { folder: '/home/me/project', home: '/home/me', secrets: [] };

export function rule(part: Pick<RiskRule, 'id' | 'then'> & Partial<RiskRule>): RiskRule {
  return { when: null, match: null, reason: null, ...part };
}

export function bash(command: string): Proposal {
  return { kind: 'tool-call', name: 'Bash', input: { command } };
}

const standard = compileRisk({ rules: [], approved: { hosts: [], paths: [] } });

export function assess(proposal: Proposal | string, secrets: readonly string[] = []): Assessment {
  return standard.assess(typeof proposal === 'string' ? bash(proposal) : proposal, { ...context, secrets });
}

/** Denials turned into questions, so that every rule that speaks is among the reasons. */
const talkative = compileRisk({
  rules: builtInRules.filter(({ then }) => then === 'deny').map(({ id }) => rule({ id, then: 'ask' })),
  approved: { hosts: [], paths: [] },
});

export function speaking(proposal: Proposal | string): string[] {
  return talkative
    .assess(typeof proposal === 'string' ? bash(proposal) : proposal, context)
    .reasons.map((reason) => reason.rule);
}
