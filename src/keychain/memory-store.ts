// Secrets that end with the process.

import { checkSecret, checkSecretName, type SecretStore } from './secret-store.ts';

/* eslint-disable @typescript-eslint/require-await -- async, so that a bad name rejects as in every other store */
export function createMemoryStore(): SecretStore {
  const kept = new Map<string, Uint8Array>();
  return {
    async read(name) {
      checkSecretName(name);
      return kept.get(name)?.slice();
    },
    async write(name, secret) {
      checkSecretName(name);
      checkSecret(secret);
      kept.set(name, secret.slice());
    },
    async remove(name) {
      checkSecretName(name);
      kept.delete(name);
    },
    list: () => Promise.resolve([...kept.keys()].sort()),
  };
}
