// The credentials of providers, from the secret store, kept in memory for a short time: a keychain takes tens of milliseconds.

import type { Clock } from '../base/clock.ts';
import type { SecretStore } from '../keychain/secret-store.ts';
import { parseCredential, type Credential } from './credential.ts';

export interface ProviderKeys {
  /** Undefined when none is kept. Rejects with `KeychainError` or `CredentialsError`, and asks anew the next time. */
  keyFor(provider: string): Promise<Credential | undefined>;
  /** Checks it before it is kept; the next request uses it. Rejects with `CredentialsError` or `KeychainError`. */
  set(provider: string, text: string): Promise<void>;
  remove(provider: string): Promise<void>;
  /** Providers that have one, sorted. */
  list(): Promise<string[]>;
  /** Another process has changed something. */
  forget(): void;
}

const prefix = 'provider-';
/** A key that was replaced by another process is still used so long, unless that one says so. Milliseconds. */
const keptFor = 30_000;

export function createProviderKeys(store: SecretStore, clock: Clock): ProviderKeys {
  const kept = new Map<string, { readonly until: number; readonly credential: Promise<Credential | undefined> }>();
  const read = async (provider: string): Promise<Credential | undefined> => {
    const secret = await store.read(prefix + provider);
    return secret === undefined ? undefined : parseCredential(Buffer.from(secret).toString('utf8'));
  };
  return {
    keyFor(provider) {
      const known = kept.get(provider);
      if (known !== undefined && clock.now() < known.until) return known.credential;
      const credential = read(provider);
      const entry = { until: clock.now() + keptFor, credential };
      kept.set(provider, entry);
      credential.catch(() => {
        if (kept.get(provider) === entry) kept.delete(provider);
      });
      return credential;
    },
    async set(provider, text) {
      parseCredential(text);
      await store.write(prefix + provider, Buffer.from(text.trim()));
      kept.delete(provider);
    },
    async remove(provider) {
      // From memory also when the store refuses: whoever removes a key wants it gone.
      kept.delete(provider);
      await store.remove(prefix + provider);
      kept.delete(provider);
    },
    async list() {
      const names = await store.list();
      return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    },
    forget: () => kept.clear(),
  };
}
