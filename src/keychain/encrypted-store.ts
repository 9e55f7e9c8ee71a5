// Secrets in one encrypted file, for machines without a keychain. Only when asked for: `--keys file`.

import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import {
  fits,
  keyOf,
  newKey,
  open,
  parseEncryptedFile,
  seal,
  usualCost,
  type EncryptedFile,
  type FileKey,
} from './encrypted-format.ts';
import { asKeychainError, isMissing, readPrivateFile, writePrivateFile } from './private-file.ts';
import { KeychainError, checkSecret, checkSecretName, type SecretStore } from './secret-store.ts';

export interface EncryptedStoreOptions {
  /** Its folder is made, 0700, on the first write. */
  readonly path: string;
  /** `choose`: for a new file. Asked once for each file there has been, and not before it is needed. */
  readonly passphrase: (purpose: 'open' | 'choose') => Promise<Uint8Array>;
  /** Of a new file: log2 of scrypt's N, 15–20. */
  readonly logN?: number;
}

/** Milliseconds. A change holds the lock for the time of writing a small file: older, and its holder was killed. */
const lockTime = 5_000;
const lockRetry = 20;

export function createEncryptedStore({ path, passphrase, logN = usualCost }: EncryptedStoreOptions): SecretStore {
  const folder = dirname(path);
  let key: FileKey | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  // One after the other: the passphrase is asked for once, and no change of this process is lost.
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = turn.then(act);
    turn = done.catch(() => undefined);
    return done;
  };

  const load = async (): Promise<EncryptedFile | undefined> => {
    const content = await readPrivateFile(folder, path);
    return content === undefined ? undefined : parseEncryptedFile(content, path);
  };
  const keyFor = async (file: EncryptedFile | undefined): Promise<FileKey> => {
    if (file === undefined) return (key ??= await newKey(await checked(passphrase('choose')), logN));
    // Another process may have put a file with another passphrase in its place.
    if (key === undefined || !isFor(file, key)) key = await keyOf(file, await checked(passphrase('open')), path);
    return key;
  };
  const secretsNow = async (): Promise<Map<string, Uint8Array>> => {
    const file = await load();
    return file === undefined ? new Map<string, Uint8Array>() : open(file, await keyFor(file), path);
  };
  const change = (edit: (secrets: Map<string, Uint8Array>) => boolean): Promise<void> =>
    inTurn(async () => {
      // Outside the lock: it may wait for a person.
      await keyFor(await load());
      await withLock(folder, path, async () => {
        const file = await load();
        const current = await keyFor(file);
        const secrets = file === undefined ? new Map<string, Uint8Array>() : open(file, current, path);
        if (edit(secrets)) await writePrivateFile(folder, path, seal(secrets, current));
      });
    });

  return {
    async read(name) {
      checkSecretName(name);
      return inTurn(async () => (await secretsNow()).get(name));
    },
    async write(name, secret) {
      checkSecretName(name);
      checkSecret(secret);
      await change((secrets) => secrets.set(name, secret).size > 0);
    },
    async remove(name) {
      checkSecretName(name);
      if (await inTurn(async () => (await load()) !== undefined)) await change((secrets) => secrets.delete(name));
    },
    list: () => inTurn(async () => [...(await secretsNow()).keys()].sort()),
  };
}

function isFor(file: EncryptedFile, key: FileKey): boolean {
  return JSON.stringify(file.kdf) === JSON.stringify(key.header.kdf) && fits(file, key);
}

async function checked(given: Promise<Uint8Array>): Promise<Uint8Array> {
  const passphrase = await given;
  if (passphrase.length > 0) return passphrase;
  throw new KeychainError('passphrase', 'Give a passphrase that is not empty.');
}

/** Between processes: a file that only one can make. One whose holder was killed is taken over after its time. */
async function withLock(folder: string, path: string, act: () => Promise<void>): Promise<void> {
  const lock = `${path}.lock`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    while (!(await tryToLock(lock))) await after(lockRetry);
  } catch (error) {
    throw asKeychainError(error, 'unwritable', `Make ${folder} writable for you, then try again.`);
  }
  try {
    await act();
  } finally {
    await rm(lock, { force: true }).catch(() => undefined);
  }
}

async function tryToLock(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, '', { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  try {
    if (Date.now() - (await stat(lock)).mtimeMs > lockTime) await rm(lock, { force: true });
  } catch (error) {
    // Given back meanwhile.
    if (!isMissing(error)) throw error;
  }
  return false;
}
