// Secrets as files that only their owner can read: one file per secret, 0600, in a 0700 folder.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { asKeychainError, isMissing, readPrivateFile, refuseExposed, writePrivateFile } from './private-file.ts';
import { checkSecret, checkSecretName, isSecretName, type SecretStore } from './secret-store.ts';

const ending = '.secret';

/** A store in `folder`, which is made on the first write. */
export function createFileStore(folder: string): SecretStore {
  const pathOf = (name: string): string => {
    checkSecretName(name);
    return join(folder, name + ending);
  };

  return {
    async read(name) {
      return readPrivateFile(folder, pathOf(name));
    },

    async write(name, secret) {
      const path = pathOf(name);
      checkSecret(secret);
      await writePrivateFile(folder, path, secret);
    },

    async remove(name) {
      const path = pathOf(name);
      try {
        await rm(path, { force: true });
      } catch (error) {
        throw asKeychainError(error, 'unwritable', `Make ${folder} writable for you, then try again.`);
      }
    },

    async list() {
      try {
        if (!(await refuseExposed(folder, 0o700))) return [];
        const files = (await readdir(folder)).filter((file) => file.endsWith(ending));
        return files
          .map((file) => file.slice(0, -ending.length))
          .filter(isSecretName)
          .sort();
      } catch (error) {
        if (isMissing(error)) return [];
        throw asKeychainError(error, 'unreadable', `Make ${folder} readable for you, then try again.`);
      }
    },
  };
}
