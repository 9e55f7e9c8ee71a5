// Files that only their owner can read: 0600 in a 0700 folder, written in one step.

import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { KeychainError } from './secret-store.ts';

// Windows has no such mode bits; there the profile folder's access list protects the files.
const hasModes = process.platform !== 'win32';

/** Undefined when there is none. Rejects with `exposed` or `unreadable`. */
export async function readPrivateFile(folder: string, path: string): Promise<Buffer | undefined> {
  try {
    if (!(await refuseExposed(folder, 0o700)) || !(await refuseExposed(path, 0o600))) return undefined;
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw asKeychainError(error, 'unreadable', `Make ${path} readable for you, then try again.`);
  }
}

/** Makes the folder too. Rejects with `exposed` or `unwritable`. */
export async function writePrivateFile(folder: string, path: string, content: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await refuseExposed(folder, 0o700);
    // Flushed before the rename: after a power cut there is the old content or the new one, not an empty file.
    await writeFile(temporary, content, { flag: 'wx', mode: 0o600, flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asKeychainError(error, 'unwritable', `Make ${folder} writable for you, then try again.`);
  }
}

/** False when the path does not exist. SECURITY: a secret others can read is refused, not silently repaired: it may be known already. */
export async function refuseExposed(path: string, mode: number): Promise<boolean> {
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

export function asKeychainError(error: unknown, code: 'unreadable' | 'unwritable', message: string): KeychainError {
  return error instanceof KeychainError ? error : new KeychainError(code, message, { cause: error });
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
