// Local tokens as Scrim gives them out, checks and revokes them. Only their hashes are kept.

import { existsSync } from 'node:fs';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { parseHostPattern } from '../policy/hosts.ts';
import { CredentialsError } from './credentials-error.ts';
import {
  hashOf,
  newLocalToken,
  outsideScope,
  type ScopeRefusal,
  type TokenScope,
  type TokenUse,
} from './local-token.ts';
import { openTokenRecords, type TokenRecord, type TokenRecords } from './token-records.ts';

export type TokenRefusal = ScopeRefusal | 'unknown' | 'revoked' | 'requests-spent' | 'tokens-spent' | 'unusable';

export interface TokenSummary {
  /** Tells tokens apart; opens nothing. */
  readonly id: string;
  readonly name: string | null;
  readonly scope: TokenScope;
  /** Milliseconds since the Unix epoch, as all times here. */
  readonly created: number;
  readonly lastUsed: number | null;
  readonly requests: number;
  readonly tokens: number;
  readonly state: 'good' | 'revoked' | 'expired' | 'spent';
}

export interface Tokens {
  /**
   * A new token, to be shown once. With a name it is kept on disk, without one it ends with this process.
   * Throws `bad-token`, `name-taken` or `unusable`.
   */
  mint(scope: TokenScope, name?: string): { readonly id: string; readonly token: string };
  /** Whether it may be used now; if so, a request is counted. */
  check(
    token: string,
    use: TokenUse,
  ): { readonly ok: true; readonly id: string } | { readonly ok: false; readonly reason: TokenRefusal };
  /** The model's tokens that a request took, when they are known. */
  spend(id: string, tokens: number): void;
  /** By id or name; in force for the next request in every process. False when no good one has it. Throws `unusable`. */
  revoke(which: string): boolean;
  /** Oldest first; named and nameless ones. Throws `unusable`. */
  list(): TokenSummary[];
  [Symbol.dispose](): void;
}

const texts = z.array(z.string().min(1).max(300)).min(1).max(100).optional();
const count = z.int().min(1).max(1e12).optional();
const scopeSchema = z.strictObject({
  providers: texts,
  models: texts,
  hosts: texts.refine((hosts) => hosts?.every((host) => parseHostPattern(host) !== undefined) !== false),
  paths: texts,
  requests: count,
  tokens: count,
  expires: z.int().min(0).optional(),
});
const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export function createTokens({ file, clock }: { readonly file: string; readonly clock: Clock }): Tokens {
  const nameless = openTokenRecords(':memory:');
  let named: TokenRecords | undefined;
  /** Undefined while no process has made one: nothing is written to look something up. */
  const onDisk = (make: boolean): TokenRecords | undefined => {
    if (named === undefined && (make || existsSync(file))) named = openTokenRecords(file);
    return named;
  };
  const everywhere = (make: boolean): TokenRecords[] => {
    const disk = onDisk(make);
    return disk === undefined ? [nameless] : [nameless, disk];
  };
  const usable = <T>(act: () => T): T => {
    try {
      return act();
    } catch (cause) {
      if (cause instanceof CredentialsError) throw cause;
      throw new CredentialsError(
        'unusable',
        `Make ${file} readable and writable for you, or delete it: it holds the local tokens.`,
        { cause },
      );
    }
  };

  return {
    mint(wanted, name) {
      const scope = scopeSchema.safeParse(wanted);
      if (!scope.success || (name !== undefined && !namePattern.test(name))) {
        throw new CredentialsError(
          'bad-token',
          'Name the token with a-z, 0-9, dots, hyphens and underscores, and limit it by hosts, paths, providers, models and whole numbers above zero.',
        );
      }
      const token = newLocalToken();
      const hash = hashOf(token);
      const record = {
        id: hash.slice(0, 12),
        name: name ?? null,
        scope: JSON.stringify(scope.data),
        created: clock.now(),
      };
      return usable(() => {
        const records = name === undefined ? nameless : onDisk(true);
        if (records?.add(record, hash) === true) return { id: record.id, token };
        throw new CredentialsError(
          'name-taken',
          `Revoke the token ${name ?? record.id} first, or choose another name.`,
        );
      });
    },

    check(token, use) {
      // SECURITY: whatever goes wrong while looking, the token opens nothing.
      try {
        const hash = hashOf(token);
        for (const records of everywhere(false)) {
          const record = records.find(hash);
          if (record === undefined) continue;
          const reason = refusal(records, record, use, clock.now());
          return reason === undefined ? { ok: true, id: record.id } : { ok: false, reason };
        }
        return { ok: false, reason: 'unknown' };
      } catch {
        return { ok: false, reason: 'unusable' };
      }
    },

    spend(id, tokens) {
      if (!(tokens > 0)) return;
      usable(() => everywhere(false).forEach((records) => records.spend(id, Math.ceil(tokens))));
    },
    revoke: (which) =>
      usable(() =>
        everywhere(false)
          .map((records) => records.revoke(which, clock.now()))
          .some((n) => n > 0),
      ),
    list: () =>
      usable(() => everywhere(false).flatMap((records) => records.list()))
        .map((record) => summary(record, clock.now()))
        .sort((a, b) => a.created - b.created),
    [Symbol.dispose]() {
      nameless.close();
      named?.close();
    },
  };
}

function refusal(records: TokenRecords, record: TokenRecord, use: TokenUse, now: number): TokenRefusal | undefined {
  if (record.revoked !== null) return 'revoked';
  const scope = scopeSchema.parse(JSON.parse(record.scope));
  const outside = outsideScope(scope, use, now);
  if (outside !== undefined) return outside;
  const { requests = null, tokens = null } = scope;
  if (records.count(record.id, { requests, tokens }, now)) return undefined;
  return tokens !== null && record.tokens >= tokens ? 'tokens-spent' : 'requests-spent';
}

function summary(
  { id, name, scope: json, created, lastUsed, requests, tokens, revoked }: TokenRecord,
  now: number,
): TokenSummary {
  const scope = scopeSchema.parse(JSON.parse(json));
  const isSpent = requests >= (scope.requests ?? Infinity) || tokens >= (scope.tokens ?? Infinity);
  const state =
    revoked !== null ? 'revoked' : now >= (scope.expires ?? Infinity) ? 'expired' : isSpent ? 'spent' : 'good';
  return { id, name, scope, created, lastUsed, requests, tokens, state };
}
