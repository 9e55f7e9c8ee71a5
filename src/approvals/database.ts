// Opens the file of questions and grants: its rights, its journal, its version.

import { chmodSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isBusy } from './approvals-error.ts';
import { migrate, versionOf } from './schema.ts';

/** How long a commit waits for another process that is writing. It stops the event loop, so it is short. */
const BUSY_MS = 1_000;

/** How long opening goes on trying while others hold the file. */
const OPENING_MS = 3_000;

/** Makes folder and file on first use. Throws ApprovalsError, or what the system says. */
export function openDatabase(folder: string, file: string): DatabaseSync {
  // SECURITY: masked text is still private, and who writes here grants; -wal and -shm take the rights of the file they belong to.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  narrow(folder, 0o700);
  closeSync(openSync(file, 'a', 0o600));
  narrow(file, 0o600);
  const until = performance.now() + OPENING_MS;
  for (;;) {
    try {
      return tryToOpen(file);
    } catch (error) {
      // Turning a new file to WAL needs it alone and does not wait its turn: of two first starts at once, one meets BUSY here.
      if (!isBusy(error) || performance.now() > until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function tryToOpen(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    // Nothing is written to a file that is not ours.
    versionOf(database, file);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA journal_size_limit = 8388608');
    migrate(database, file);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function narrow(path: string, mode: number): void {
  if (process.platform !== 'win32' && (statSync(path).mode & 0o777) !== mode) chmodSync(path, mode);
}
