// Which store holds what. Keys that people entrust to Scrim (provider keys) are never in a plain file; Scrim's own (the
// authority's private key, the salt of fingerprints) may be, in one that only its owner can read, where no keychain is.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createEncryptedStore } from './encrypted-store.ts';
import { createFileStore } from './file-store.ts';
import type { StartKeychain } from './keychain-protocol.ts';
import { createMemoryStore } from './memory-store.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';
import { KeychainError, type SecretStore } from './secret-store.ts';
import { createSystemStore, type SystemStore } from './system-store.ts';

/**
 * `--keys`. `auto`: the keychain when it can be reached; else own keys as 0600 files, and provider keys nowhere.
 * `keychain`: that or nothing. `file`: one encrypted file. `plain`: as `auto` without a keychain. `memory`: own keys end
 * with the process, so that every run has an authority of its own.
 */
export const keysChoices = ['auto', 'keychain', 'file', 'plain', 'memory'] as const;
export type KeysChoice = (typeof keysChoices)[number];

export interface StoreOptions {
  readonly keys: KeysChoice;
  /** For what lies on disk. */
  readonly folder: string;
  /** Tells data folders apart in the keychain, which they share; undefined for the usual one. */
  readonly dataFolder?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly passphrase: (purpose: 'open' | 'choose') => Promise<Uint8Array>;
  /** Default: Node, spawned. */
  readonly startKeychain?: StartKeychain | undefined;
}

export interface Stores {
  /** The authority's private key, the salt of fingerprints. */
  readonly own: SecretStore;
  /** Keys and log-ins for providers. Every method rejects with the reason and the way out where there is no safe place. */
  readonly provider: SecretStore;
  readonly place: 'keychain' | 'encrypted-file' | 'plain-files' | 'memory';
  /** What the person should be told once: one sentence, or undefined. */
  readonly notice: string | undefined;
}

/** In the folder when its keys are in the keychain: a session that cannot reach them must not make others. */
const keychainMark = 'in-keychain';
const encryptedFile = 'keys.json';

/** Rejects with `KeychainError`: with `no-keychain`, `locked` or `unresponsive` for `keychain`, or where `auto` once found it. */
export async function openStores(options: StoreOptions): Promise<Stores> {
  const { folder } = options;
  const plain = createFileStore(folder);
  const exists = async (name: string): Promise<boolean> =>
    (await readPrivateFile(folder, join(folder, name))) !== undefined;
  // Whoever has asked for the encrypted file once need not ask again.
  const keys = options.keys === 'auto' && (await exists(encryptedFile)) ? 'file' : options.keys;
  switch (keys) {
    case 'memory':
      return { own: createMemoryStore(), provider: noStore(notOnDisk), place: 'memory', notice: undefined };
    case 'plain':
      return { own: plain, provider: noStore(notOnDisk), place: 'plain-files', notice: undefined };
    case 'file': {
      const store = createEncryptedStore({ path: join(folder, encryptedFile), passphrase: options.passphrase });
      // The passphrase now, and not at the first request.
      await store.list();
      await move(plain, store);
      return { own: store, provider: store, place: 'encrypted-file', notice: undefined };
    }
    case 'keychain':
    case 'auto':
  }
  const store = createSystemStore({
    service: serviceName(options.dataFolder),
    env: options.env,
    start: options.startKeychain,
  });
  const problem = await unreachable(store);
  if (problem === undefined) {
    await move(plain, store);
    if (!(await exists(keychainMark))) await writePrivateFile(folder, join(folder, keychainMark), Buffer.alloc(0));
    return { own: store, provider: store, place: 'keychain', notice: undefined };
  }
  if (keys === 'keychain' || (await exists(keychainMark))) throw problem;
  return {
    own: plain,
    provider: noStore(problem),
    place: 'plain-files',
    notice: `${problem.message} Until then Scrim's own keys lie in ${folder}, readable by you only.`,
  };
}

const notOnDisk = new KeychainError(
  'no-keychain',
  'Use your keychain (--keys keychain) or an encrypted file (--keys file): provider keys are not kept in plain files.',
);

async function unreachable(store: SystemStore): Promise<KeychainError | undefined> {
  try {
    await store.probe();
    return undefined;
  } catch (error) {
    if (error instanceof KeychainError) return error;
    throw error;
  }
}

/**
 * Moves what lies in plain files. A file goes only when the new place was seen to have its secret. Where it had one of that
 * name before, that one stays: it was in use last.
 */
async function move(from: SecretStore, to: SecretStore): Promise<void> {
  for (const name of await from.list()) {
    const secret = await from.read(name);
    if (secret === undefined) continue;
    if ((await to.read(name)) === undefined) await to.write(name, secret);
    if ((await to.read(name)) === undefined) {
      throw new KeychainError('unwritable', 'Try again: a key did not arrive in the place it was moved to.');
    }
    await from.remove(name);
  }
}

function serviceName(dataFolder: string | undefined): string {
  if (dataFolder === undefined) return 'scrim';
  return `scrim-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}`;
}

function noStore(problem: KeychainError): SecretStore {
  const refuse = (): Promise<never> => Promise.reject(problem);
  return { read: refuse, write: refuse, remove: refuse, list: refuse };
}
