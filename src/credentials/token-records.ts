// Local tokens in SQLite: in memory for those that die with the process, in a file for named ones. A file is shared: what one
// process revokes, the next request in another one sees.

import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export interface TokenRecord {
  readonly id: string;
  readonly name: string | null;
  /** JSON. */
  readonly scope: string;
  /** Milliseconds since the Unix epoch, as all times here. */
  readonly created: number;
  readonly revoked: number | null;
  readonly lastUsed: number | null;
  readonly requests: number;
  readonly tokens: number;
}

export interface TokenRecords {
  /** False when a token of this name lives. */
  add(record: Pick<TokenRecord, 'id' | 'name' | 'scope' | 'created'>, hash: string): boolean;
  find(hash: string): TokenRecord | undefined;
  /** Counts one request, unless that or `tokens` is used up: then false. Null: no limit. */
  count(id: string, limits: { requests: number | null; tokens: number | null }, now: number): boolean;
  spend(id: string, tokens: number): void;
  /** By id or name; the number of those that were still good. */
  revoke(which: string, now: number): number;
  list(): TokenRecord[];
  close(): void;
}

const columns = 'id, name, scope, created, revoked, last_used AS lastUsed, requests, tokens';
const schema = `
  CREATE TABLE IF NOT EXISTS token (
    id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, name TEXT, scope TEXT NOT NULL, created INTEGER NOT NULL,
    revoked INTEGER, last_used INTEGER, requests INTEGER NOT NULL DEFAULT 0, tokens INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS living_name ON token (name) WHERE revoked IS NULL;
  PRAGMA user_version = 1;`;

/** `:memory:`, or a file that is made 0600 in a 0700 folder. Throws what SQLite or the file system throws. */
export function openTokenRecords(file: string): TokenRecords {
  if (file !== ':memory:') {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    closeSync(openSync(file, 'a', 0o600));
    if (process.platform !== 'win32') chmodSync(file, 0o600);
  }
  const database = new DatabaseSync(file, { timeout: 1_000 });
  try {
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > 1) throw new Error('written by a newer Scrim');
    if (version === 0) create(database);
    // What was counted outlives a crash of Scrim; only a power cut may forget the last moments.
    database.exec('PRAGMA synchronous = NORMAL');
    return recordsIn(database);
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Of several processes that meet a new file, one turns it to WAL and the others find it busy or turned. */
function create(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA journal_mode = WAL');
  } catch {
    // It stays as it is, which is slower and nothing else.
  }
  database.exec(schema);
}

function recordsIn(database: DatabaseSync): TokenRecords {
  const statements = {
    add: database.prepare('INSERT OR IGNORE INTO token (id, name, scope, created, hash) VALUES (?, ?, ?, ?, ?)'),
    find: database.prepare(`SELECT ${columns} FROM token WHERE hash = ?`),
    count: database.prepare(
      `UPDATE token SET requests = requests + 1, last_used = ?2 WHERE id = ?1 AND revoked IS NULL
       AND requests < ifnull(?3, 9e15) AND tokens < ifnull(?4, 9e15)`,
    ),
    spend: database.prepare('UPDATE token SET tokens = tokens + ?2 WHERE id = ?1'),
    revoke: database.prepare('UPDATE token SET revoked = ?2 WHERE (id = ?1 OR name = ?1) AND revoked IS NULL'),
    list: database.prepare(`SELECT ${columns} FROM token ORDER BY created, id`),
  };
  return {
    add: ({ id, name, scope, created }, hash) => statements.add.run(id, name, scope, created, hash).changes === 1,
    find: (hash) => statements.find.get(hash) as TokenRecord | undefined,
    count: (id, { requests, tokens }, now) => statements.count.run(id, now, requests, tokens).changes === 1,
    spend: (id, tokens) => void statements.spend.run(id, tokens),
    revoke: (which, now) => Number(statements.revoke.run(which, now).changes),
    list: () => statements.list.all() as unknown as TokenRecord[],
    close: () => database.close(),
  };
}
