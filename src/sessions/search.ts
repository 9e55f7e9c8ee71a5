// Search of the log: newest first, page by page, complete also where the index is not yet. docs/search.md

import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { MaskedText } from '../base/text.ts';
import type { ExchangeRecord, ExchangeState, RecordedVerdict } from '../contract/records.ts';
import { logFile, openForReading } from './database.ts';
import { asSessionsError, isDamage, SessionsError } from './errors.ts';
import { indexedSeqs } from './search-indexed.ts';
import { frontierOf, isIndexOf, openIndexForReading, unindexedOf } from './search-index.ts';
import type { SearchQuery } from './search-query.ts';
import { openScan } from './search-scan.ts';
import { snippetOf, type Snippet } from './search-snippet.ts';
import { searchSource, type SearchSource } from './search-source.ts';

export interface SearchHit {
  readonly id: string;
  readonly session: string;
  readonly startedAt: number;
  readonly program: MaskedText | null;
  readonly client: MaskedText;
  readonly host: MaskedText;
  readonly model: MaskedText | null;
  readonly state: ExchangeState;
  readonly status: number | null;
  readonly verdicts: readonly RecordedVerdict['verdict'][];
  /** Rules of findings and verdicts, each once. */
  readonly rules: readonly string[];
  readonly snippet: Snippet | null;
  /** Hand it to another search to go on after this hit. */
  readonly cursor: string;
}

export interface SearchPage {
  readonly hits: readonly SearchHit[];
  /** Hand it to the next search to go on after this page; null at the end of the log. */
  readonly cursor: string | null;
  /** `time`: the bound was reached before the page was full; `cursor` goes on from there. */
  readonly ended: 'page' | 'time' | 'log';
  /** Exchanges that the index does not know yet, up to 10,000: they were, or will be, read one by one. */
  readonly unindexed: number;
}

export interface SearchOptions {
  /** Hits of a page; 50 by default. */
  readonly limit?: number;
  /** Of the page before. It stays valid while exchanges are added and deleted. */
  readonly cursor?: string | undefined;
  /** After so many milliseconds the page ends as it is; 5,000 by default. */
  readonly timeLimit?: number;
}

const EMPTY: SearchPage = { hits: [], cursor: null, ended: 'log', unindexed: 0 };

/**
 * Searches the log in `folder` while other processes may be writing it; writes nothing.
 * @throws SessionsError `cannot-open`, `cannot-read`, `damaged`, `newer-version`, or `bad-query` (the cursor is none)
 */
export function searchLog(
  { folder, clock }: { folder: string; clock: Clock },
  query: SearchQuery,
  options: SearchOptions = {},
): SearchPage {
  const below = parseCursor(options.cursor);
  const log = openForReading(folder);
  if (log === undefined) return EMPTY;
  let index: DatabaseSync | undefined;
  try {
    // The log first: what leaves it while the index is read is then still known to be stale.
    log.exec('BEGIN; SELECT 1 FROM exchange LIMIT 1');
    index = openIndexForReading(folder);
    if (index !== undefined && !isIndexOf(index, log)) {
      index.close();
      index = undefined;
    }
    return new Search(log, index, query, clock.now(), options).page(below);
  } catch (error) {
    // A damaged index is no damaged log, and is made again by the next process that indexes.
    if (index !== undefined && isDamage(error)) {
      index.close();
      index = undefined;
      return new Search(log, undefined, query, clock.now(), options).page(below);
    }
    throw asSessionsError(error, logFile(folder), 'cannot-read', 'Searching the session log');
  } finally {
    index?.close();
    log.close();
  }
}

function parseCursor(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  const below = /^[0-9a-z]{1,10}$/.test(cursor) ? parseInt(cursor, 36) : NaN;
  if (!Number.isSafeInteger(below))
    throw new SessionsError('bad-query', 'Write the cursor as the page before gave it.');
  return below;
}

/** Exchanges that are read at once where there is no index. */
const CHUNK = 64;

class Search {
  readonly #log: DatabaseSync;
  readonly #index: DatabaseSync | undefined;
  readonly #query: SearchQuery;
  readonly #source: SearchSource;
  readonly #limit: number;
  readonly #deadline: number;

  constructor(
    log: DatabaseSync,
    index: DatabaseSync | undefined,
    query: SearchQuery,
    now: number,
    options: SearchOptions,
  ) {
    this.#log = log;
    this.#index = index;
    this.#query = query;
    this.#source = searchSource(log, now);
    this.#limit = options.limit ?? 50;
    this.#deadline = performance.now() + (options.timeLimit ?? 5_000);
  }

  page(below: number): SearchPage {
    const snippet = snippetOf(this.#query.where);
    const hits: SearchHit[] = [];
    let ended: SearchPage['ended'] = 'log';
    let cursor: number | null = null;
    for (const { seq, found } of this.#seqs(below)) {
      if (hits.length === this.#limit) {
        ended = 'page';
        break;
      }
      cursor = seq;
      const row = found ? this.#source.row(seq) : undefined;
      if (row !== undefined && this.#isInTime(row.startedAt)) {
        const record = row.record();
        hits.push(toHit(record, snippet?.(record) ?? null, seq.toString(36)));
      } else if (performance.now() > this.#deadline) {
        ended = 'time';
        break;
      }
    }
    return {
      hits,
      cursor: ended === 'log' ? null : (cursor ?? below).toString(36),
      ended,
      unindexed: unindexedOf(this.#index, this.#log),
    };
  }

  /** What is found, newest first; with `found: false` how far the search has come without finding. */
  *#seqs(below: number): Generator<{ seq: number; found: boolean }> {
    const frontier = this.#index === undefined ? 0 : frontierOf(this.#index).seq;
    using scan = openScan(this.#query.where);
    const matching = (seqs: readonly number[]): Set<number> => {
      const rows = seqs
        .flatMap((seq) => this.#source.row(seq) ?? [])
        .filter(({ startedAt }) => this.#isInTime(startedAt));
      return new Set(scan.matching(rows.map((row) => row.record())).flatMap((place) => rows[place]?.seq ?? []));
    };
    for (let next = below; ;) {
      const seqs = this.#source.between(frontier, next, CHUNK);
      if (seqs.length === 0) break;
      const found = matching(seqs);
      for (const seq of seqs) yield { seq, found: found.has(seq) };
      next = seqs.at(-1) ?? 0;
    }
    if (this.#index === undefined) return;
    const changed = this.#changedSince(this.#index, Math.min(below, frontier + 1));
    const foundChanged: number[] = [];
    for (let i = 0; i < changed.length; i += CHUNK) foundChanged.push(...matching(changed.slice(i, i + CHUNK)));
    foundChanged.sort((a, b) => b - a);
    const isChanged = new Set(changed);
    for (const seq of indexedSeqs(this.#index, this.#query, Math.min(below, frontier + 1))) {
      while ((foundChanged[0] ?? -1) > seq) yield { seq: foundChanged.shift() ?? 0, found: true };
      yield { seq, found: !isChanged.has(seq) };
    }
    for (const seq of foundChanged) yield { seq, found: true };
  }

  /** Exchanges that the index came by while they were open, or that changed since. */
  #changedSince(index: DatabaseSync, below: number): number[] {
    const pending = index.prepare('SELECT seq FROM pending WHERE seq < ?').all(below);
    const stale = this.#log.prepare('SELECT exchange AS seq FROM search_stale WHERE exchange < ?').all(below);
    return [...new Set([...pending, ...stale].map(({ seq }) => Number(seq)))];
  }

  #isInTime(startedAt: number): boolean {
    const { since, before } = this.#query;
    return (since === null || startedAt >= since) && (before === null || startedAt < before);
  }
}

function toHit(record: ExchangeRecord, snippet: Snippet | null, cursor: string): SearchHit {
  const { id, session, startedAt, client, host, state } = record;
  return {
    id,
    session,
    startedAt,
    program: record.identity?.program ?? null,
    client,
    host,
    model: record.request?.model ?? null,
    state,
    status: record.closed?.status ?? null,
    verdicts: record.verdicts.map(({ verdict }) => verdict),
    rules: [
      ...new Set([...record.findings, ...record.verdicts.flatMap(({ reasons }) => reasons)].map(({ rule }) => rule)),
    ],
    snippet,
    cursor,
  };
}
