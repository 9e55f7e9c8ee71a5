// The keychain of the operating system: Keychain on macOS, Credential Manager on Windows, the Secret Service on Linux.

import { callKeychain } from './keychain-call.ts';
import type { KeychainAnswer, KeychainProblem, KeychainRequest, StartKeychain } from './keychain-protocol.ts';
import {
  KeychainError,
  checkSecret,
  checkSecretName,
  isSecretName,
  type KeychainCode,
  type SecretStore,
} from './secret-store.ts';
import { sessionBusAddress } from './secret-service.ts';

export interface SystemStoreOptions {
  /** Items of different services never meet. */
  readonly service: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * `search` asks the keychain, `index` keeps the names in an item of their own: where a search would hand over the
   * secrets too, and may ask the person for each (macOS, Windows). Default: by the system.
   */
  readonly names?: 'search' | 'index';
  /** How the helper process is started. Default: as Node, spawned. */
  readonly start?: StartKeychain | undefined;
}

export interface SystemStore extends SecretStore {
  /** Rejects with the reason when nothing could be read or written now. Shows the person nothing; on Linux within 2 s. */
  probe(): Promise<void>;
}

/** Not a secret's name, so that no secret gets in its way. */
const indexItem = '_names';

export function createSystemStore({ service, env, names, start }: SystemStoreOptions): SystemStore {
  const keepsIndex = (names ?? (process.platform === 'linux' ? 'search' : 'index')) === 'index';
  const call = async (request: Omit<KeychainRequest, 'service' | 'busAddress'>): Promise<Success> => {
    const busAddress = process.platform === 'linux' ? sessionBusAddress(env) : undefined;
    // Without a bus there is nothing to start a process for.
    if (process.platform === 'linux' && busAddress === undefined) throw errorFor('no-bus');
    const answer = await callKeychain(
      { ...request, service, ...(busAddress === undefined ? {} : { busAddress }) },
      env,
      start,
    );
    if (!answer.ok) throw errorFor(answer.problem, answer.detail);
    return answer;
  };
  const read = async (name: string): Promise<Uint8Array | undefined> => {
    const { secret } = await call({ operation: 'read', name });
    return secret === undefined ? undefined : Buffer.from(secret, 'base64');
  };
  const write = (name: string, secret: Uint8Array): Promise<Success> =>
    call({ operation: 'write', name, secret: Buffer.from(secret).toString('base64') });

  let turn: Promise<unknown> = Promise.resolve();
  const readIndex = async (): Promise<string[]> => parseIndex(await read(indexItem));
  /** One change after the other. Two processes at once may lose a name from the list, never a secret. */
  const changeIndex = (change: (names: Set<string>) => void): Promise<void> => {
    const changed = turn.then(async () => {
      const before = await readIndex();
      const after = new Set(before);
      change(after);
      if (after.size !== before.length) await write(indexItem, Buffer.from(JSON.stringify([...after])));
    });
    turn = changed.catch(() => undefined);
    return changed;
  };

  return {
    async probe() {
      await call({ operation: 'probe', name: '' });
    },
    async read(name) {
      checkSecretName(name);
      return read(name);
    },
    async write(name, secret) {
      checkSecretName(name);
      checkSecret(secret);
      // Before the secret: a name too many is harmless, one too few hides a key from its owner.
      if (keepsIndex) await changeIndex((known) => known.add(name));
      await write(name, secret);
    },
    async remove(name) {
      checkSecretName(name);
      await call({ operation: 'remove', name });
      if (keepsIndex) await changeIndex((known) => known.delete(name));
    },
    async list() {
      const found = keepsIndex ? await readIndex() : ((await call({ operation: 'list', name: '' })).names ?? []);
      return found.filter(isSecretName).sort();
    },
  };
}

type Success = Extract<KeychainAnswer, { ok: true }>;

function parseIndex(bytes: Uint8Array | undefined): string[] {
  if (bytes === undefined) return [];
  try {
    const names: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

const orFile = 'or pass "--keys file" to keep keys in an encrypted file';
const problems: Readonly<Record<KeychainProblem, readonly [KeychainCode, string]>> = {
  'no-module': ['no-keychain', `Reinstall Scrim, ${orFile}: its keychain module does not start on this system.`],
  'no-bus': ['no-keychain', `Start Scrim in your desktop session, ${orFile}: there is no D-Bus session here.`],
  'no-service': [
    'no-keychain',
    `Install gnome-keyring, KWallet or KeePassXC and log in again, ${orFile}: no keychain runs in this session.`,
  ],
  'no-collection': [
    'no-keychain',
    `Log in on the desktop once, so that it makes your default keyring, ${orFile}: the keychain has none yet.`,
  ],
  locked: ['locked', `Unlock your keychain, then try again, ${orFile}: it is locked.`],
  unresponsive: ['unresponsive', `Restart your keychain, then try again, ${orFile}: it did not answer in time.`],
  late: [
    'unresponsive',
    `Answer what your keychain asks, if it does, then try again, ${orFile}: it did not finish in time.`,
  ],
  failed: ['unreadable', `Try again, ${orFile}: the keychain refused.`],
};

function errorFor(problem: KeychainProblem, detail?: string): KeychainError {
  const [code, message] = problems[problem];
  return new KeychainError(code, message, detail === undefined ? {} : { cause: new Error(detail) });
}
