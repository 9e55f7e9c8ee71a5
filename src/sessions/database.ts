// Opens the file of the log: its rights, its journal, its version.

import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { asSessionsError, isBusy } from './errors.ts';
import { checkVersion, migrate, schemaVersion } from './schema.ts';

/** How long a commit waits for another process that is writing. It stops the event loop, so it is short. */
const BUSY_MS = 1_000;

/** How long opening goes on trying while others hold the file. */
const OPENING_MS = 3_000;

/** Of a new file. In pages of 4 KiB there is room for one exchange of 2 KB and not for two. */
const PAGE_BYTES = 8_192;

/** Pages in the write-ahead log before a commit copies them into the file: that commit is late by 5 to 10 ms, not by 30. More pages are no faster. */
const CHECKPOINT_PAGES = 500;

export function logFile(folder: string): string {
  return join(folder, 'log.db');
}

/**
 * Opens the log for writing; makes folder and file on first use.
 * @param folder the log's own folder: its rights are narrowed to the owner
 * @param maxBytes upper bound of the file, after which the store refuses
 * @throws SessionsError `cannot-open`, `damaged` (never recreated silently) or `newer-version`
 */
export function openForWriting(folder: string, maxBytes?: number): DatabaseSync {
  const file = logFile(folder);
  const until = performance.now() + OPENING_MS;
  for (;;) {
    try {
      return tryToOpen(folder, file, maxBytes);
    } catch (error) {
      // Turning a new file to WAL needs it alone and does not wait its turn: of two first starts at once, one meets BUSY here.
      if (!isBusy(error) || performance.now() > until) {
        throw asSessionsError(error, file, 'cannot-open', 'Opening the session log');
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

function tryToOpen(folder: string, file: string, maxBytes: number | undefined): DatabaseSync {
  // SECURITY: masked text is still private; -wal and -shm take the rights of the file they belong to.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  narrow(folder, 0o700);
  closeSync(openSync(file, 'a', 0o600));
  narrow(file, 0o600);
  const database = new DatabaseSync(file, { timeout: BUSY_MS, enableForeignKeyConstraints: false });
  try {
    checkVersion(database, file);
    database.exec(
      // A new file gives back what purging frees; it has to know before its first table.
      `PRAGMA page_size = ${PAGE_BYTES}; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
       PRAGMA journal_size_limit = 33554432; PRAGMA cache_size = -8000`,
    );
    migrate(database, file);
    if (maxBytes !== undefined)
      database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageSize(database)))}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens the log for reading beside a writer, without creating anything. A file of an older version is migrated.
 * @returns undefined when there is no log yet
 * @throws SessionsError `cannot-open`, `damaged` or `newer-version`
 */
export function openForReading(folder: string): DatabaseSync | undefined {
  const file = logFile(folder);
  if (!existsSync(file)) return undefined;
  let version = readable(file);
  // An older Scrim wrote it: brought up to date first, since records are read in one form only.
  if (typeof version === 'number' && version > 0) {
    openForWriting(folder).close();
    version = readable(file);
  }
  return typeof version === 'number' ? undefined : version;
}

/** The database, or the version of a file whose version is another one. */
function readable(file: string): DatabaseSync | number {
  let database: DatabaseSync | undefined;
  try {
    const address = pathToFileURL(file);
    // Without a write-ahead log nobody is writing; SQLite would make one just to read, unless told that the file stands still.
    if (!existsSync(`${file}-wal`)) address.searchParams.set('immutable', '1');
    database = new DatabaseSync(address, { readOnly: true, timeout: BUSY_MS });
    const version = checkVersion(database, file);
    if (version === schemaVersion) return database;
    database.close();
    return version;
  } catch (error) {
    database?.close();
    throw asSessionsError(error, file, 'cannot-open', 'Opening the session log');
  }
}

function pageSize(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
}

function narrow(path: string, mode: number): void {
  if (process.platform !== 'win32' && (statSync(path).mode & 0o777) !== mode) chmodSync(path, mode);
}
