// Which processes ask questions in a folder, and which of them are gone. Each holds the lock of a file of its own; the
// system frees that lock when the process ends, however it ends, and a process number that is used again confuses nobody.

import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './approvals-error.ts';

export interface Claim {
  readonly name: string;
  release(): void;
}

const ENDING = '.claim';

/** Call it under the lock of the store, as the other two: nobody then takes a claim that is being made for a dead one. */
export function claim(folder: string): Claim {
  const name = randomUUID();
  const file = join(folder, name + ENDING);
  closeSync(openSync(file, 'wx', 0o600));
  const lock = lockOf(file);
  if (lock === undefined) throw new Error('somebody else holds a file that was just made');
  return {
    name,
    release() {
      lock.close();
      remove(file);
    },
  };
}

export function isHeld(folder: string, name: string): boolean {
  const file = join(folder, name + ENDING);
  if (!existsSync(file)) return false;
  const lock = lockOf(file);
  if (lock === undefined) return true;
  lock.close();
  remove(file);
  return false;
}

/** Removes what processes that were killed left behind. */
export function removeDeadClaims(folder: string): void {
  for (const file of readdirSync(folder)) {
    if (file.endsWith(ENDING)) isHeld(folder, file.slice(0, -ENDING.length));
  }
}

/** SQLite's lock: the one file lock that Node has on every system. Undefined: somebody else holds it. */
function lockOf(file: string): DatabaseSync | undefined {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Windows: another process is looking whether it is held. It is empty, and removed at the next start.
  }
}
