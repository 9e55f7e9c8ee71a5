// What waits for a receiver that is down: one file a batch, oldest first, bounded; it outlives the process. Several Scrim
// processes may share a folder: then a batch may be delivered twice, never lost.

import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExportsError } from './exports-error.ts';

export interface SpooledBatch {
  readonly messages: readonly string[];
  /** To be called when it has arrived, or never will. */
  remove(): Promise<void>;
}

export interface Spool {
  /** Resolves to the number of batches that had to go, the oldest. Throws ExportsError `spool`. */
  put(messages: readonly string[]): Promise<number>;
  first(): Promise<SpooledBatch | undefined>;
}

/** `maxBytes`: of all batches together. Files are 0600 in a folder that is 0700. */
export function openSpool(folder: string, maxBytes: number, now: () => number): Spool {
  let last = 0;
  return {
    async put(messages) {
      const text = Buffer.from(JSON.stringify(messages));
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const dropped = await makeRoom(folder, maxBytes - text.length);
        if (text.length > maxBytes) return dropped + 1;
        // Names sort by time: 15 digits last until the year 33658.
        last = Math.max(last + 1, Math.trunc(now() * 1_000));
        const name = `${String(last).padStart(18, '0')}-${process.pid}`;
        const part = join(folder, `${name}.part`);
        const file = await open(part, 'wx', 0o600);
        try {
          await file.writeFile(text);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(part, join(folder, `${name}.json`));
        return dropped;
      } catch (error) {
        const reason = (error as NodeJS.ErrnoException).code ?? 'error';
        throw new ExportsError(
          'spool',
          `Records for a receiver that is down cannot be kept in ${folder} (${reason}); free some disk space and make the folder writable.`,
        );
      }
    },
    async first() {
      for (const name of await batches(folder)) {
        const path = join(folder, name);
        const remove = (): Promise<void> => rm(path, { force: true });
        const messages = await readBatch(path);
        if (messages !== undefined) return { messages, remove };
        await remove();
      }
      return undefined;
    },
  };
}

async function batches(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  } catch {
    return [];
  }
}

/** Undefined: it went in the meantime, or a crash of the system left no more than its name. */
async function readBatch(path: string): Promise<string[] | undefined> {
  try {
    const messages: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Array.isArray(messages) && messages.every((each) => typeof each === 'string') ? messages : undefined;
  } catch {
    return undefined;
  }
}

/** Removes the oldest batches until no more than `bytes` are left; resolves to how many those were. */
async function makeRoom(folder: string, bytes: number): Promise<number> {
  await removeLeftovers(folder);
  const sized: { path: string; size: number }[] = [];
  for (const name of await batches(folder)) {
    const path = join(folder, name);
    const size = await stat(path).then(
      (facts) => facts.size,
      () => 0,
    );
    sized.push({ path, size });
  }
  let total = sized.reduce((sum, { size }) => sum + size, 0);
  let dropped = 0;
  for (const { path, size } of sized) {
    if (total <= Math.max(bytes, 0)) break;
    await rm(path, { force: true });
    total -= size;
    dropped += 1;
  }
  return dropped;
}

/** What a crash left half written. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!name.endsWith('.part') || Date.now() - (await stat(path)).mtimeMs < 60_000) continue;
    await rm(path, { force: true });
  }
}
