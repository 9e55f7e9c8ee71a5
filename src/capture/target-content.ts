// What stands at a target, and putting something else there in one step.

import { createHash } from 'node:crypto';
import * as nodeFiles from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Target } from './change.ts';
import type { SetupEnvironment } from './setup-environment.ts';
import { SetupError } from './setup-error.ts';
import { settingStores } from './stores/setting-stores.ts';

/** The part of `node:fs/promises` that is used: a test can stop between two steps. */
export type SetupFiles = Pick<
  typeof nodeFiles,
  'readFile' | 'writeFile' | 'rename' | 'rm' | 'mkdir' | 'rmdir' | 'stat' | 'lstat' | 'realpath' | 'chmod' | 'readdir'
>;

export interface SetupContext {
  readonly env: SetupEnvironment;
  readonly files: SetupFiles;
}

export function setupContext(env: SetupEnvironment, files: SetupFiles = nodeFiles): SetupContext {
  return { env, files };
}

/** Larger than any settings file. */
const maxBytes = 4 * 1024 * 1024;

/** The bytes, or null where there is nothing. Rejects with `SetupError`. */
export async function readTarget({ env, files }: SetupContext, target: Target): Promise<Buffer | null> {
  if (target.kind === 'setting') {
    const value = await settingStores[target.store].read(env.run, target.key);
    return value === null ? null : Buffer.from(value);
  }
  const path = await resolvedPath(files, target.path);
  return await stating(path, async () => {
    const { size, isFile } = await files.stat(path).then((stats) => ({ size: stats.size, isFile: stats.isFile() }));
    if (!isFile || size > maxBytes) {
      throw new SetupError('not-understood', `Move ${path} away: it is not a settings file, so it is not changed.`);
    }
    return await files.readFile(path);
  });
}

/** Throws when the target must not be written. Nothing is changed. */
export async function checkWritable({ env, files }: SetupContext, target: Target): Promise<void> {
  if (target.kind === 'setting') return;
  const path = await resolvedPath(files, target.path);
  const stats = await stating(path, () => files.stat(path));
  if (stats === null) return;
  if (env.userId !== undefined && stats.uid !== env.userId) {
    throw new SetupError('not-writable', `Run this as the owner of ${path}: the file belongs to somebody else.`);
  }
  // The mode is looked at, not tried: replacing a file would succeed in spite of it.
  if ((stats.mode & 0o200) === 0) {
    throw new SetupError('not-writable', `Make ${path} writable for you, then try again: it is read-only.`);
  }
  if (stats.nlink > 1) {
    throw new SetupError(
      'not-writable',
      `Copy ${path} to a file of its own: it has a second name, which would be cut off.`,
    );
  }
}

/** Puts `bytes` there in one step; null removes. A file keeps its mode, links are followed. Rejects with `SetupError`. */
export async function writeTarget(context: SetupContext, target: Target, bytes: Buffer | null): Promise<void> {
  const { env, files } = context;
  if (target.kind === 'setting') {
    for (const command of settingStores[target.store].commands(target.key, bytes === null ? null : bytes.toString())) {
      const { code } = await env.run(command);
      if (code !== 0) {
        throw new SetupError(
          'command-failed',
          `See what "${command.program}" says when you run it yourself: ${target.key} could not be set.`,
        );
      }
    }
    return;
  }
  const path = await resolvedPath(files, target.path);
  await writing(path, async () => {
    if (bytes === null) {
      await files.rm(path, { force: true });
      return;
    }
    const stats = await stating(path, () => files.stat(path));
    await files.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await replaceFile(files, path, bytes, stats === null ? 0o600 : stats.mode & 0o7777);
  });
}

/** Writes beside the file and renames. The name beside it is always the same: what a crash left there is written over. */
export async function replaceFile(files: SetupFiles, path: string, bytes: Buffer, mode: number): Promise<void> {
  const temporary = temporaryPath(path);
  await files.rm(temporary, { force: true });
  try {
    // SECURITY: 0600 until it is complete; an exclusive creation follows no link that somebody put there.
    await files.writeFile(temporary, bytes, { flag: 'wx', mode: 0o600, flush: true });
    await files.chmod(temporary, mode);
    await files.rename(temporary, path);
  } catch (error) {
    await files.rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

/** What a crash in `writeTarget` may have left. */
export async function removeLeftovers({ files }: SetupContext, target: Target): Promise<void> {
  if (target.kind === 'file') await files.rm(temporaryPath(await resolvedPath(files, target.path)), { force: true });
}

/** The folders that the target lies in, the deepest first. */
export async function foldersAbove(
  { files }: SetupContext,
  target: Target,
): Promise<{ readonly path: string; readonly isThere: boolean }[]> {
  if (target.kind === 'setting') return [];
  const folders = [];
  let path = dirname(await resolvedPath(files, target.path));
  while (dirname(path) !== path) {
    const folder = path;
    folders.push({ path, isThere: (await stating(folder, () => files.stat(folder))) !== null });
    path = dirname(path);
  }
  return folders;
}

export function sha256(bytes: Buffer | null): string {
  return bytes === null ? 'nothing' : createHash('sha256').update(bytes).digest('hex');
}

export function nameOf(target: Target): string {
  return target.kind === 'file' ? target.path : `${target.store} ${target.key}`;
}

function temporaryPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.scrim-new`);
}

async function resolvedPath(files: SetupFiles, path: string): Promise<string> {
  const real = await stating(path, () => files.realpath(path));
  if (real !== null) return real;
  if ((await stating(path, () => files.lstat(path))) !== null) {
    throw new SetupError('not-writable', `Remove the link ${path} or make what it points to: it leads nowhere.`);
  }
  return path;
}

/** Null where there is nothing; any other complaint of the file system becomes a sentence. */
async function stating<T>(path: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return null;
    if (isSystemError(error)) {
      throw new SetupError('not-writable', `Make ${path} readable for you, then try again.`, { cause: error });
    }
    throw error;
  }
}

async function writing(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new SetupError('not-writable', `Make ${path} and its folder writable for you, then try again.`, {
      cause: error,
    });
  }
}

function isSystemError(error: unknown, code?: string): boolean {
  return (
    error instanceof Error && 'syscall' in error && (code === undefined || ('code' in error && error.code === code))
  );
}
