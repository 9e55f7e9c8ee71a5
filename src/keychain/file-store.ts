// Secrets as files that only their owner can read: one file per secret, 0600, in a 0700 folder.

import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KeychainError, checkSecretName, type SecretStore } from './secret-store.ts';

// Windows has no such mode bits; there the profile folder's access list protects the files.
const hasModes = process.platform !== 'win32';

/** A store in `folder`, which is made on the first write. */
export function createFileStore(folder: string): SecretStore {
  const pathOf = (name: string): string => {
    checkSecretName(name);
    return join(folder, `${name}.secret`);
  };

  return {
    async read(name) {
      const path = pathOf(name);
      try {
        if (!(await refuseExposed(folder, 0o700)) || !(await refuseExposed(path, 0o600))) return undefined;
        return await readFile(path);
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw asKeychainError(error, 'unreadable', `Make ${path} readable for you, then try again.`);
      }
    },

    async write(name, secret) {
      const path = pathOf(name);
      const temporary = `${path}.${randomUUID()}.tmp`;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await refuseExposed(folder, 0o700);
        // Flushed before the rename: after a power cut there is the old secret or the new one, not an empty file.
        await writeFile(temporary, secret, { flag: 'wx', mode: 0o600, flush: true });
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true }).catch(() => undefined);
        throw asKeychainError(error, 'unwritable', `Make ${folder} writable for you, then try again.`);
      }
    },

    async remove(name) {
      const path = pathOf(name);
      try {
        await rm(path, { force: true });
      } catch (error) {
        throw asKeychainError(error, 'unwritable', `Make ${folder} writable for you, then try again.`);
      }
    },
  };
}

/** False when the path does not exist. SECURITY: a secret others can read is refused, not silently repaired: it may be known already. */
async function refuseExposed(path: string, mode: number): Promise<boolean> {
  try {
    const status = await lstat(path);
    const wanted = mode.toString(8);
    if (status.isSymbolicLink()) {
      throw new KeychainError(
        'exposed',
        `Replace ${path} by a real file or folder: Scrim does not follow links to secrets.`,
      );
    }
    if (hasModes && (status.mode & 0o077) !== 0) {
      throw new KeychainError(
        'exposed',
        `Others can read ${path}: run "chmod ${wanted} '${path}'", and replace what is in it if someone may have read it.`,
      );
    }
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function asKeychainError(error: unknown, code: 'unreadable' | 'unwritable', message: string): KeychainError {
  return error instanceof KeychainError ? error : new KeychainError(code, message, { cause: error });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
