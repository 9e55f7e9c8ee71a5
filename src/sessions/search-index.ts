// The file of the index: search.db beside log.db. It is made from the log and can be thrown away at any time, so it keeps
// no history of versions, and writing it never holds up the log, which is another file.
// The words stand in tables of FTS5 of 32,768 exchanges each, without the texts themselves (contentless). A search goes
// through them from the newest and stops when it has enough; that bounds what `prefix*` costs, which gathers before it gives.

import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isDamage } from './errors.ts';
import type { Vocabulary } from './search-match.ts';
import { TOKENIZER } from './search-terms.ts';

/** What an index of another number holds is made again. Raise it when documents or tables change. */
const VERSION = 1;
const PART_BITS = 15;

const TABLES = `
  -- Every exchange up to this row has been looked at; its id tells whether this is still the same log.
  CREATE TABLE frontier (seq INTEGER NOT NULL, id TEXT NOT NULL) STRICT;
  INSERT INTO frontier VALUES (0, '');
  -- Exchanges up to there that were still open.
  CREATE TABLE pending (seq INTEGER PRIMARY KEY) STRICT;
  -- Runs of rows with the times in which they began: a search since some day need not go further down.
  CREATE TABLE block (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, rows INTEGER NOT NULL,
    min_at REAL NOT NULL, max_at REAL NOT NULL) STRICT;
  PRAGMA user_version = ${VERSION};
`;

export function indexFile(folder: string): string {
  return join(folder, 'search.db');
}

/** Opens the index for writing; makes it, or makes it again when it is damaged or of another version. The log's folder exists. */
export function openIndex(folder: string): DatabaseSync {
  const file = indexFile(folder);
  try {
    return tryToOpen(file);
  } catch (error) {
    if (!isDamage(error)) throw error;
    removeIndex(folder);
    return tryToOpen(file);
  }
}

export function removeIndex(folder: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(indexFile(folder) + end, { force: true });
}

function tryToOpen(file: string): DatabaseSync {
  // SECURITY: words of masked text are still private; -wal and -shm take the rights of the file they belong to.
  closeSync(openSync(file, 'a', 0o600));
  const index = new DatabaseSync(file, { timeout: 10_000 });
  try {
    index.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = FAST; PRAGMA cache_size = -16000',
    );
    if (versionOf(index) !== VERSION) makeAgain(index);
    return index;
  } catch (error) {
    index.close();
    throw error;
  }
}

/** Opens the index for reading; undefined when there is none that this version can use. */
export function openIndexForReading(folder: string): DatabaseSync | undefined {
  const file = indexFile(folder);
  if (!existsSync(file)) return undefined;
  const address = pathToFileURL(file);
  // As with the log: without a write-ahead log nobody is writing.
  if (!existsSync(`${file}-wal`)) address.searchParams.set('immutable', '1');
  let index: DatabaseSync | undefined;
  try {
    index = new DatabaseSync(address, { readOnly: true, timeout: 1_000 });
    if (versionOf(index) === VERSION) return index;
  } catch {
    // Whatever is wrong with it: the log itself can be searched.
  }
  index?.close();
  return undefined;
}

/** Empties the index. */
export function makeAgain(index: DatabaseSync): void {
  const wasInTransaction = index.isTransaction;
  if (!wasInTransaction) index.exec('BEGIN IMMEDIATE');
  for (const part of partsOf(index)) index.exec(`DROP TABLE text_${part}`);
  index.exec('DROP TABLE IF EXISTS frontier; DROP TABLE IF EXISTS pending; DROP TABLE IF EXISTS block');
  index.exec(TABLES);
  if (!wasInTransaction) index.exec('COMMIT');
}

function versionOf(index: DatabaseSync): number {
  return Number(index.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
}

/** The part in which an exchange is. */
export function partOf(seq: number): number {
  return Math.floor(seq / 2 ** PART_BITS);
}

/** Newest first. */
export function partsOf(index: DatabaseSync): number[] {
  const rows = index.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'text_*'").all();
  return rows
    .flatMap(({ name }) => /^text_(\d+)$/.exec(String(name))?.[1] ?? [])
    .map(Number)
    .sort((a, b) => b - a);
}

export function makePart(database: DatabaseSync, part: number): void {
  database.exec(
    `CREATE VIRTUAL TABLE IF NOT EXISTS text_${part} USING fts5(text, content = '', contentless_delete = 1, tokenize = '${TOKENIZER}')`,
  );
}

export interface Frontier {
  readonly seq: number;
  readonly id: string;
}

export function frontierOf(index: DatabaseSync): Frontier {
  return index.prepare('SELECT seq, id FROM frontier').get() as unknown as Frontier;
}

/** False when the log was replaced by another, or by an older copy of itself: the index then says nothing about it. */
export function isIndexOf(index: DatabaseSync, log: DatabaseSync): boolean {
  const { seq, id } = frontierOf(index);
  if (seq === 0) return true;
  const row = log.prepare('SELECT id FROM exchange WHERE seq = ?').get(seq);
  return row?.['id'] === id || log.prepare('SELECT 1 FROM search_stale WHERE exchange = ?').get(seq) !== undefined;
}

/** Exchanges behind the frontier, all of them without an index; counted up to 10,000. */
export function unindexedOf(index: DatabaseSync | undefined, log: DatabaseSync): number {
  const frontier = index === undefined ? 0 : frontierOf(index).seq;
  const row = log.prepare('SELECT count(*) AS n FROM (SELECT 1 FROM exchange WHERE seq > ? LIMIT 10000)').get(frontier);
  return Number(row?.['n'] ?? 0);
}

/** The terms of a part, for `matchExpression`. */
export function vocabularyOf(database: DatabaseSync, part: number): Vocabulary {
  let statement: StatementSync | undefined;
  const beginning = (start: string, limit: number): string[] => {
    if (statement === undefined) {
      database.exec(`CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms_${part} USING fts5vocab(main, text_${part}, 'row')`);
      statement = database.prepare(`SELECT term FROM temp.terms_${part} WHERE term >= ? AND term < ? LIMIT ?`);
    }
    // Terms have no character above.
    return statement.all(start, `${start}\uFFFF`, limit).map(({ term }) => String(term));
  };
  return {
    has: (start) => beginning(start, 1).length > 0,
    terms(start, limit) {
      const found = beginning(start, limit + 1);
      return found.length > limit ? undefined : found;
    },
  };
}
