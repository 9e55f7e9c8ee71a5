// Brings the index up to the log, a small batch at a time.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openForWriting } from './database.ts';
import { isDamage } from './errors.ts';
import { frontierOf, isIndexOf, makeAgain, makePart, openIndex, partOf, removeIndex } from './search-index.ts';
import { documentOf } from './search-terms.ts';
import { searchSource, type SearchSource, type SourceRow } from './search-source.ts';

/** Exchanges of one transaction, and the characters after which it ends early. */
const BATCH = 64;
const BATCH_CHARACTERS = 1_000_000;
/** Rows of a block: the coarseness with which a time limit cuts the index. */
const BLOCK_ROWS = 1_024;

export interface Indexer extends Disposable {
  /** Indexes the next exchanges. @returns how many rows were looked at; 0 when the index is complete */
  batch(): number;
}

/** The log is opened for writing too: what changed after it was indexed is struck off a list there. */
export function openIndexer(folder: string): Indexer {
  const log = openForWriting(folder);
  let index: DatabaseSync;
  try {
    index = openIndex(folder);
  } catch (error) {
    log.close();
    throw error;
  }
  let isNew = false;
  return {
    batch() {
      try {
        return indexBatch(log, index);
      } catch (error) {
        if (!isDamage(error) || isNew) throw error;
        index.close();
        removeIndex(folder);
        index = openIndex(folder);
        isNew = true;
        return indexBatch(log, index);
      }
    },
    [Symbol.dispose]() {
      if (index.isOpen) index.close();
      log.close();
    },
  };
}

function indexBatch(log: DatabaseSync, index: DatabaseSync): number {
  index.exec('BEGIN IMMEDIATE');
  let stale: readonly Stale[];
  let count: number;
  try {
    if (!isIndexOf(index, log)) makeAgain(index);
    const batch = new Batch(searchSource(log), index);
    stale = readStale(log);
    for (const { exchange } of stale) batch.again(exchange);
    count = stale.length + batch.pending() + batch.next();
    if (stale.length > 0) batch.keepFrontier();
    index.exec('COMMIT');
  } catch (error) {
    if (index.isTransaction) index.exec('ROLLBACK');
    throw error;
  }
  strikeOff(log, stale);
  if (stale.length > 0 && readStale(log).length === 0) tidy(index, stale);
  return count;
}

interface Stale {
  readonly exchange: number;
  readonly changes: number;
}

function readStale(log: DatabaseSync): Stale[] {
  return log.prepare('SELECT exchange, changes FROM search_stale LIMIT ?').all(BATCH * 4) as unknown as Stale[];
}

/** Only what has not changed once more since it was read. */
function strikeOff(log: DatabaseSync, stale: readonly Stale[]): void {
  if (stale.length === 0) return;
  const remove = log.prepare('DELETE FROM search_stale WHERE exchange = ? AND changes = ?');
  log.exec('BEGIN IMMEDIATE');
  for (const { exchange, changes } of stale) remove.run(exchange, changes);
  log.exec('COMMIT');
}

/** Deleted entries only count as deleted until their part is merged: merged now, their words are gone. */
function tidy(index: DatabaseSync, stale: readonly Stale[]): void {
  for (const part of new Set(stale.map(({ exchange }) => partOf(exchange)))) {
    if (!hasPart(index, part)) continue;
    const isEmpty = index.prepare(`SELECT 1 FROM text_${part}_docsize LIMIT 1`).get() === undefined;
    index.exec(isEmpty ? `DROP TABLE text_${part}` : `INSERT INTO text_${part} (text_${part}) VALUES ('optimize')`);
  }
}

function hasPart(index: DatabaseSync, part: number): boolean {
  return index.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(`text_${part}`) !== undefined;
}

class Batch {
  readonly #source: SearchSource;
  readonly #index: DatabaseSync;
  readonly #put = new Map<number, StatementSync>();
  #characters = 0;

  constructor(source: SearchSource, index: DatabaseSync) {
    this.#source = source;
    this.#index = index;
  }

  /** An exchange that changed, or went, after it was indexed. */
  again(seq: number): void {
    this.#remove(seq);
    this.#index.prepare('DELETE FROM pending WHERE seq = ?').run(seq);
    if (seq > frontierOf(this.#index).seq) return;
    const row = this.#source.row(seq);
    if (row === undefined) return;
    this.#add(row);
    // Its number may have been another's.
    this.#index
      .prepare('UPDATE block SET min_at = min(min_at, ?), max_at = max(max_at, ?) WHERE first <= ? AND last >= ?')
      .run(row.startedAt, row.startedAt, seq, seq);
  }

  /** Those that were open when the index came by. @returns how many have ended */
  pending(): number {
    let count = 0;
    for (const { seq } of this.#index.prepare('SELECT seq FROM pending').all() as unknown as { seq: number }[]) {
      const row = this.#source.row(seq);
      if (row?.isOpen === true) continue;
      this.#index.prepare('DELETE FROM pending WHERE seq = ?').run(seq);
      if (row !== undefined) this.#add(row);
      if (++count === BATCH) break;
    }
    return count;
  }

  next(): number {
    const seqs = this.#source.after(frontierOf(this.#index).seq, BATCH);
    let count = 0;
    for (const seq of seqs) {
      if (this.#characters > BATCH_CHARACTERS) break;
      const row = this.#source.row(seq);
      if (row === undefined) continue;
      this.#add(row);
      this.#extendBlock(row);
      this.#index.prepare('UPDATE frontier SET seq = ?, id = ?').run(seq, row.id);
      count += 1;
    }
    return count;
  }

  /** The frontier must be a row that exists: a number that was freed may be another's tomorrow. */
  keepFrontier(): void {
    const before = frontierOf(this.#index).seq;
    const last = this.#source.last(before);
    if (last?.seq === before) return;
    this.#index.prepare('UPDATE frontier SET seq = ?, id = ?').run(last?.seq ?? 0, last?.id ?? '');
    this.#index.prepare('DELETE FROM block WHERE first > ?').run(last?.seq ?? 0);
    this.#index.prepare('UPDATE block SET last = min(last, ?)').run(last?.seq ?? 0);
  }

  #add(row: SourceRow): void {
    if (row.isOpen) {
      this.#index.prepare('INSERT OR IGNORE INTO pending VALUES (?)').run(row.seq);
      return;
    }
    const text = documentOf(row.record());
    this.#characters += text.length;
    const part = partOf(row.seq);
    let put = this.#put.get(part);
    if (put === undefined) {
      makePart(this.#index, part);
      put = this.#index.prepare(`INSERT OR REPLACE INTO text_${part} (rowid, text) VALUES (?, ?)`);
      this.#put.set(part, put);
    }
    put.run(row.seq, text);
  }

  #remove(seq: number): void {
    const part = partOf(seq);
    if (hasPart(this.#index, part)) this.#index.prepare(`DELETE FROM text_${part} WHERE rowid = ?`).run(seq);
  }

  #extendBlock({ seq, startedAt }: SourceRow): void {
    const changed = this.#index
      .prepare(
        `UPDATE block SET last = ?, rows = rows + 1, min_at = min(min_at, ?), max_at = max(max_at, ?)
         WHERE first = (SELECT max(first) FROM block) AND rows < ${BLOCK_ROWS}`,
      )
      .run(seq, startedAt, startedAt).changes;
    if (changed === 0)
      this.#index.prepare('INSERT INTO block VALUES (?, ?, 1, ?, ?)').run(seq, seq, startedAt, startedAt);
  }
}
