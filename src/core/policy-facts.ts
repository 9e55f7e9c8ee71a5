// What is built in, for the policy editor: schema, defaults, packs and rules.

import { parse } from 'yaml';
import type { PolicyFacts, PolicyJson, PolicyPackCard } from '../contract/policy.ts';
import { catalogue } from '../masking/rules/catalogue.ts';
import { defaultPolicyText } from '../policy/default-text.ts';
import { policyJsonSchema } from '../policy/json-schema.ts';
import { knownHosts } from '../policy/known-providers.ts';
import { builtInRules } from '../risk/risk.ts';

const packs: readonly Omit<PolicyPackCard, 'rules'>[] = [
  {
    id: 'secrets',
    what: 'Keys, tokens, passwords and certificates: by their format, and by the name they stand behind.',
  },
  {
    id: 'pii',
    what: 'Personal data: cards, accounts, identity numbers, e-mail addresses; where there is a checksum, it decides.',
  },
  {
    id: 'looks-like-secret',
    what: 'Long random text that no rule knows. It masks nothing: it asks before such text leaves this machine.',
  },
];

/** The same as long as the program runs. */
export function policyFacts(): PolicyFacts {
  return {
    schema: policyJsonSchema(),
    defaults: { ...(parse(defaultPolicyText) as Record<string, PolicyJson>), credentials: 'auto', export: [] },
    template: defaultPolicyText,
    hosts: knownHosts,
    packs: packs.map((pack) => ({
      ...pack,
      rules: catalogue
        .filter((rule) => rule.pack === pack.id)
        .map(({ id, kind, severity }) => ({ id, kind, severity })),
    })),
    risks: builtInRules.map(({ id, category, severity, then, reason, when, examples }) => ({
      id,
      category,
      severity,
      then,
      reason,
      when,
      example: examples.find((each): each is string => typeof each === 'string' && each.length < 100) ?? null,
    })),
  };
}
