// Certificate files: what is public, and must never be seen half written.

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Creates or replaces the file in one step. The folder is made 0700 when missing. Rejects with the file system's error. */
export async function replacePem(path: string, pem: string): Promise<void> {
  await withTemporary(path, pem, (temporary) => rename(temporary, path));
}

/** Creates the file in one step; false when it exists already, however many processes try at once. */
export async function publishPem(path: string, pem: string): Promise<boolean> {
  return await withTemporary(path, pem, async (temporary) => {
    try {
      await link(temporary, path);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      // Some file systems (exFAT, shared folders of virtual machines) have no hard links.
      return await copyFile(temporary, path, constants.COPYFILE_EXCL).then(
        () => true,
        (failure: unknown) => {
          if (codeOf(failure) === 'EEXIST') return false;
          throw failure;
        },
      );
    }
  });
}

/** The text, or undefined when there is no such file. */
export async function readPem(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function withTemporary<T>(path: string, text: string, use: (temporary: string) => Promise<T>): Promise<T> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeFile(temporary, text, { mode: 0o644, flush: true });
    return await use(temporary);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
