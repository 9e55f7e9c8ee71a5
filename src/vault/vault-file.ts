// The vault's file: sealed records in SQLite. It knows no key.

import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as after } from 'node:timers/promises';
import { VaultError } from './vault-error.ts';

export interface SealedRecord {
  readonly exchange: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly sealed: Uint8Array;
}

export interface VaultFile {
  /** Undefined while no key was chosen. */
  keyCheck(): Uint8Array | undefined;
  /** Runs alone: other processes that would write wait. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  chooseKey(check: Uint8Array): void;
  add(record: SealedRecord): void;
  find(exchange: string): SealedRecord | undefined;
  /** Deletes what ends at or before `now`, or began at or before `before`; gives the space back. Returns how many. */
  expire(now: number, before: number): number;
  close(): void;
}

/** 256 MiB in pages of 4 KiB: past that nothing is kept until something expires. */
const maxPages = 65_536;

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
const maxTries = 300;
/** Milliseconds. */
const pause = 100;

const schema = `
  CREATE TABLE IF NOT EXISTS key_check (one INTEGER PRIMARY KEY CHECK (one = 1), value BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS record (
    exchange TEXT PRIMARY KEY, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, sealed BLOB NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS record_end ON record (expires_at);
  PRAGMA user_version = 1;`;

export function vaultFileExists(path: string): boolean {
  return existsSync(path);
}

/** Made 0600 in a 0700 folder. Rejects with VaultError `unusable`, which all its methods throw. */
export function openVaultFile(path: string): Promise<VaultFile> {
  return patiently(path, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
    if (process.platform !== 'win32') chmodSync(path, 0o600);
    const database = new DatabaseSync(path, { timeout: 100 });
    try {
      const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
      if (version > 1) throw new Error('a newer Scrim wrote it');
      // Before the first table: it cannot be chosen later. SECURITY: secure_delete, so that what has expired is gone from the file.
      database.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA secure_delete = ON');
      if (version === 0) database.exec(`PRAGMA journal_mode = WAL; BEGIN IMMEDIATE; ${schema} COMMIT`);
      database.exec(`PRAGMA synchronous = NORMAL; PRAGMA max_page_count = ${maxPages}`);
      return fileOf(path, database);
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

function fileOf(path: string, database: DatabaseSync): VaultFile {
  const statements = {
    check: database.prepare('SELECT value FROM key_check'),
    choose: database.prepare('INSERT INTO key_check (one, value) VALUES (1, ?)'),
    add: database.prepare(
      'INSERT OR REPLACE INTO record (exchange, created_at, expires_at, sealed) VALUES (?, ?, ?, ?)',
    ),
    find: database.prepare(
      'SELECT exchange, created_at AS createdAt, expires_at AS expiresAt, sealed FROM record WHERE exchange = ?',
    ),
    expire: database.prepare('DELETE FROM record WHERE expires_at <= ? OR created_at <= ?'),
  };
  return {
    keyCheck: () => guarded(path, () => (statements.check.get() as { value: Uint8Array } | undefined)?.value),
    async alone(work) {
      await patiently(path, () => database.exec('BEGIN IMMEDIATE'));
      try {
        const result = await work();
        guarded(path, () => database.exec('COMMIT'));
        return result;
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    chooseKey: (check) => guarded(path, () => void statements.choose.run(check)),
    add: ({ exchange, createdAt, expiresAt, sealed }) =>
      guarded(path, () => void statements.add.run(exchange, createdAt, expiresAt, sealed)),
    find: (exchange) => guarded(path, () => statements.find.get(exchange) as SealedRecord | undefined),
    expire: (now, before) =>
      guarded(path, () => {
        const deleted = Number(statements.expire.run(now, before).changes);
        // The pages go back to the system, and the log of writes, where the records stood too, is emptied.
        if (deleted > 0) database.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)');
        return deleted;
      }),
    close: () => database.close(),
  };
}

/** A keychain may ask its person while `alone` holds the file, so this may take long; no thread stands still for it. */
async function patiently<T>(path: string, work: () => T): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return work();
    } catch (cause) {
      const isBusy = cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY;
      if (!isBusy || tries === maxTries) throw unusable(path, cause);
    }
    await after(pause);
  }
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw unusable(path, cause);
  }
}

function unusable(path: string, cause: unknown): VaultError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new VaultError(
    'unusable',
    `Make ${path} readable and writable for you, or delete it, which gives up the originals in it (${reason}).`,
    cause,
  );
}
