// A token's limits as people read them, and as they type them.

import type { TokenLimits } from '../../../src/contract/procedures/keys.ts';
import { fullTimeOf, numberOf } from '../../words.ts';

/** One entry a limit; none: it is good for everything that has a key. */
export function limitsInWords({ providers, models, hosts, paths, requests, tokens, expires }: TokenLimits): string[] {
  const lists = [providers, models, hosts, paths].flatMap((list) => (list === undefined ? [] : [list.join(', ')]));
  return [
    ...lists,
    ...(requests === undefined ? [] : [`${numberOf(requests)} requests`]),
    ...(tokens === undefined ? [] : [`${numberOf(tokens)} tokens`]),
    ...(expires === undefined ? [] : [`until ${fullTimeOf(expires)}`]),
  ];
}

/** What stands in the fields; empty: no limit. */
export interface TypedLimits {
  providers: string;
  models: string;
  hosts: string;
  paths: string;
  requests: string;
  tokens: string;
  /** Hours from now on; empty: for ever. */
  hours: string;
}

export const noLimits: TypedLimits = {
  ...{ providers: '', models: '', hosts: '', paths: '' },
  ...{ requests: '', tokens: '', hours: '' },
};

/** A sentence where something typed is not a limit. */
export function limitsFrom(typed: TypedLimits, now: number): TokenLimits | string {
  const limits: Record<string, readonly string[] | number> = {};
  for (const name of ['providers', 'models', 'hosts', 'paths'] as const) {
    const list = typed[name].split(/[\s,]+/).filter((each) => each !== '');
    if (list.length > 0) limits[name] = list;
  }
  for (const name of ['requests', 'tokens'] as const) {
    const text = typed[name].trim();
    if (text === '') continue;
    if (!/^[1-9]\d{0,11}$/.test(text)) return `Give a whole number above zero for the ${name}, or leave it empty.`;
    limits[name] = Number(text);
  }
  if (typed.hours !== '') limits['expires'] = now + Number(typed.hours) * 3_600_000;
  return limits;
}
