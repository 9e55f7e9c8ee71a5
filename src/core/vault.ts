// Hands the vault what masking hid. The exchange knows nothing of it: the masking's keyed hash is told each value anyway, and
// a finding carries that hash, so the two are brought together here, behind everything that is pure.

import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { asMasked, type MaskedText } from '../base/text.ts';
import type { CoreEvent } from '../contract/core-events.ts';
import type { RecordedFinding } from '../contract/records.ts';
import type { Stores } from '../keychain/open-stores.ts';
import type { SessionsPolicy } from '../policy/policy.ts';
import { expireVault, openVault, type Original, type Vault } from '../vault/vault.ts';

export interface Originals {
  /** For the masking alone: the keyed hash, which remembers what it is given while originals are kept. */
  fingerprint(value: string): string;
  /** Does as the policy says from now on; what cannot be done is told as a failure, and nothing is kept. */
  follow(kept: SessionsPolicy['originals']): Promise<void>;
  /** Findings of an exchange, in the turn in which they were recorded. */
  found(exchange: string, findings: readonly RecordedFinding[]): void;
  /** The exchange is over: what was found in it is sealed. */
  ended(exchange: string): void;
  close(): void;
}

export interface OriginalsOptions {
  readonly dataFolder: string;
  readonly stores: Pick<Stores, 'own' | 'place'>;
  readonly clock: Clock;
  readonly fingerprint: (value: string) => string;
  readonly emit: (event: CoreEvent) => void;
}

export function vaultFileOf(dataFolder: string): string {
  return join(dataFolder, 'vault', 'vault.db');
}

/** Values in memory between being masked and being recorded. */
const mostValues = 8_192;
const mostCharacters = 8 * 1024 * 1024;
const longestValue = 64 * 1024;
/** Of one exchange. */
const mostOriginals = 10_000;
/** Milliseconds between two looks for what has expired. */
const expireEvery = 60_000;
/** SECURITY: no command reads a stored API key back, this one included. */
const neverKept = 'known:stored key';

export function createOriginals(options: OriginalsOptions): Originals {
  const { stores, clock, emit } = options;
  const file = vaultFileOf(options.dataFolder);
  let vault: Vault | undefined;
  let time = 0;
  let followed: string | undefined;
  const values = new Map<string, string>();
  let characters = 0;
  const pending = new Map<string, Original[]>();

  const tell = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : 'the vault failed.';
    emit({ event: 'failure', code: 'vault', message: `Originals are not kept: ${reason}` });
  };
  const forget = (hash: string): void => {
    characters -= values.get(hash)?.length ?? 0;
    values.delete(hash);
  };
  const remember = (hash: string, value: string): void => {
    if (value.length > longestValue) return;
    forget(hash);
    values.set(hash, value);
    characters += value.length;
    for (const oldest of values.keys()) {
      if (values.size <= mostValues && characters <= mostCharacters) break;
      forget(oldest);
    }
  };
  const shut = (): void => {
    vault?.[Symbol.dispose]();
    vault = undefined;
    values.clear();
    characters = 0;
    pending.clear();
  };
  const attempt = async (work: () => void | Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      tell(error);
    }
  };
  const expire = (): Promise<void> =>
    attempt(() => (vault === undefined ? expireVault(file, clock) : void vault.expire(time)));
  const expiring = setInterval(() => void expire(), expireEvery).unref();

  return {
    fingerprint(value) {
      const hash = options.fingerprint(value);
      if (vault !== undefined) remember(hash.slice(0, 16), value);
      return hash;
    },
    async follow(kept) {
      const wanted = JSON.stringify(kept);
      if (wanted === followed) return;
      followed = wanted;
      if (kept === 'never') shut();
      else {
        time = kept.keep;
        await attempt(async () => {
          vault ??= await openVault({ file, stores, clock });
        });
      }
      await expire();
    },
    found(exchange, findings) {
      if (vault === undefined || findings.length === 0) return;
      const originals = pending.get(exchange) ?? [];
      pending.set(exchange, originals);
      for (const { side, channel, rule, start, end, fingerprint } of findings) {
        if (originals.length >= mostOriginals) return;
        const value = rule === neverKept ? null : (values.get(fingerprint) ?? null);
        originals.push({ side, channel, rule, start, end, value });
      }
    },
    ended(exchange) {
      const originals = pending.get(exchange);
      pending.delete(exchange);
      if (originals === undefined || vault === undefined) return;
      try {
        vault.keep(exchange, originals, time);
      } catch (error) {
        // The exchange is over and well; only its originals are lost.
        tell(error);
      }
    },
    close() {
      clearInterval(expiring);
      shut();
    },
  };
}

/** Who asks, for the record. */
export function openingUser(): MaskedText | null {
  try {
    return asMasked(userInfo().username);
  } catch {
    return null;
  }
}
