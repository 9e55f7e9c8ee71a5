// Provider keys go in and never come out; local tokens are shown once.

import { type } from '@orpc/contract';
import { z } from 'zod';
import { changes, shows } from './procedure.ts';

/** Where keys lie, and for whom there is one. Never a key, nor a part of one. */
export interface KeysPage {
  readonly place: 'keychain' | 'encrypted-file' | 'plain-files' | 'memory';
  /** As people call it: `your keychain`, … */
  readonly placeName: string;
  /** Why no key can be stored or looked up, with the next step: one sentence. */
  readonly problem: string | null;
  /** Known providers and those of the policy, 200 at most; stored ones first. */
  readonly providers: readonly ProviderKey[];
  /** Log-ins of clients that were found on this machine; they pass as they come. */
  readonly logins: readonly string[];
  /** `http://127.0.0.1:8877`, without trailing slash. */
  readonly gateway: string;
}

export interface ProviderKey {
  readonly provider: string;
  /** Where its key may go. */
  readonly host: string;
  readonly isStored: boolean;
  /** Milliseconds since the Unix epoch; null: not since this Scrim started. */
  readonly usedAt: number | null;
  /** Variables in which clients look for its key, five at most. */
  readonly variables: readonly string[];
}

/** What is absent is not limited. */
export interface TokenLimits {
  readonly providers?: readonly string[] | undefined;
  readonly models?: readonly string[] | undefined;
  readonly hosts?: readonly string[] | undefined;
  readonly paths?: readonly string[] | undefined;
  readonly requests?: number | undefined;
  readonly tokens?: number | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly expires?: number | undefined;
}

/** A local token without its value. Times are milliseconds since the Unix epoch. */
export interface TokenRow {
  readonly id: string;
  /** Null: of one `scrim run`, gone with it. */
  readonly name: string | null;
  readonly limits: TokenLimits;
  readonly created: number;
  readonly lastUsed: number | null;
  readonly requests: number;
  readonly tokens: number;
  readonly state: 'good' | 'revoked' | 'expired' | 'spent';
}

export interface MintedToken {
  readonly id: string;
  /** Shown once; only its hash is kept. */
  readonly token: string;
}

const provider = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const texts = z.array(z.string().min(1).max(300)).min(1).max(100).readonly().optional();
const count = z.int().min(1).max(1e12).optional();
const limits = z.strictObject({
  providers: texts,
  models: texts,
  hosts: texts,
  paths: texts,
  requests: count,
  tokens: count,
  expires: z.int().min(0).optional(),
});

export const keysContract = {
  list: shows.output(type<KeysPage>()),
  /** Checks the key's form and keeps it; the next request uses it. Nothing of it comes back. */
  set: changes.input(z.strictObject({ provider, key: z.string().min(1).max(8_192) })).output(type<{ stored: true }>()),
  remove: changes.input(z.strictObject({ provider })).output(type<{ removed: true }>()),
  /** The newest first, 500 at most. */
  tokens: shows.output(type<readonly TokenRow[]>()),
  mint: changes.input(z.strictObject({ name: z.string().min(1).max(64), limits })).output(type<MintedToken>()),
  /** In force for the next request. */
  revoke: changes
    .input(z.strictObject({ id: z.string().regex(/^[0-9a-f]{12}$/) }))
    .output(type<{ revoked: boolean }>()),
};
