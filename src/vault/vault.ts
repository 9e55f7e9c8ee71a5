// The vault: what masking hid, sealed, for as long as the policy says. Off unless the policy asks for it; the public face
// of the folder. What it protects against and what not: docs/replay.md.

import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Stores } from '../keychain/open-stores.ts';
import { checkOf, fits, keyLength, seal, unseal, type Original } from './seal.ts';
import { VaultError } from './vault-error.ts';
import { openVaultFile, vaultFileExists, type VaultFile } from './vault-file.ts';

export type { Original } from './seal.ts';

export interface VaultOptions {
  readonly file: string;
  /** Where the key lies. */
  readonly stores: Pick<Stores, 'own' | 'place'>;
  readonly clock: Clock;
}

export interface Vault extends Disposable {
  /** Seals the originals of one exchange for `time` milliseconds. Throws VaultError `unusable`. */
  keep(exchange: string, originals: readonly Original[], time: number): void;
  /** Deletes what has expired, and what is older than `longest` milliseconds. Throws VaultError `unusable`. */
  expire(longest: number): number;
}

const keyName = 'vault-key';

/**
 * Opens the vault for keeping; makes file and key on first use.
 * Rejects with VaultError, or with KeychainError where the secret store cannot be reached.
 */
export async function openVault({ file: path, stores, clock }: VaultOptions): Promise<Vault> {
  checkPlace(stores);
  const file = await openVaultFile(path);
  try {
    const key = await file.alone(() => keyFor(file, path, stores));
    return {
      keep(exchange, originals, time) {
        const createdAt = clock.now();
        const expiresAt = createdAt + time;
        const sealed = seal(key, { exchange, createdAt, expiresAt }, originals);
        file.add({ exchange, createdAt, expiresAt, sealed });
      },
      expire: (longest) => file.expire(clock.now(), clock.now() - longest),
      [Symbol.dispose]: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Whether the vault holds something of an exchange; needs no key. Rejects with VaultError `unusable`. */
export async function isKept(
  { file: path, clock }: Pick<VaultOptions, 'file' | 'clock'>,
  exchange: string,
): Promise<boolean> {
  if (!vaultFileExists(path)) return false;
  const file = await openVaultFile(path);
  try {
    const found = file.find(exchange);
    return found !== undefined && found.expiresAt > clock.now();
  } finally {
    file.close();
  }
}

/** What the vault holds of an exchange; undefined where it holds nothing of it, or no longer. Rejects as `openVault` does. */
export async function openRecord(
  { file: path, stores, clock }: VaultOptions,
  exchange: string,
): Promise<readonly Original[] | undefined> {
  if (!vaultFileExists(path)) return undefined;
  const file = await openVaultFile(path);
  try {
    file.expire(clock.now(), -1);
    const found = file.find(exchange);
    if (found === undefined) return undefined;
    checkPlace(stores);
    const key = await stores.own.read(keyName);
    const check = file.keyCheck();
    if (key === undefined || check === undefined || !fits(key, check)) throw wrongKey(path);
    const originals = unseal(key, found, found.sealed);
    if (originals === undefined)
      throw new VaultError(
        'damaged',
        `Put back a copy of ${path} if you have one: the record of ${exchange} was changed since Scrim sealed it.`,
      );
    return originals;
  } finally {
    file.close();
  }
}

/** Deletes what has expired where nobody keeps anything any more; needs no key. */
export async function expireVault(path: string, clock: Clock): Promise<void> {
  if (!vaultFileExists(path)) return;
  const file = await openVaultFile(path);
  try {
    file.expire(clock.now(), -1);
  } finally {
    file.close();
  }
}

/** SECURITY: beside its own key in a plain file, a sealed record is a plain record. */
function checkPlace({ place }: VaultOptions['stores']): void {
  if (place === 'keychain' || place === 'encrypted-file') return;
  throw new VaultError(
    'no-place',
    'Use your keychain (--keys keychain) or an encrypted file (--keys file), or set sessions.originals to never: originals are not kept beside a key that lies open.',
  );
}

/** Inside `alone`: two processes that meet a new file agree on one key. */
async function keyFor(file: VaultFile, path: string, { own }: VaultOptions['stores']): Promise<Uint8Array> {
  const check = file.keyCheck();
  const stored = await own.read(keyName);
  if (check !== undefined) {
    if (stored === undefined || !fits(stored, check)) throw wrongKey(path);
    return stored;
  }
  const key = stored?.length === keyLength ? stored : randomBytes(keyLength);
  if (key !== stored) await own.write(keyName, key);
  file.chooseKey(checkOf(key));
  return key;
}

function wrongKey(path: string): VaultError {
  return new VaultError(
    'wrong-key',
    `Start Scrim with the --keys it had when it made ${path}, or delete that file: the key here does not open it.`,
  );
}
