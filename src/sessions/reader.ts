// Reads the log back. Rows become records here and nowhere else.

import type { DatabaseSync } from 'node:sqlite';
import type { MaskedText } from '../base/text.ts';
import type { ChainedRecord, ExchangeRecord, RecordedPiece, SessionSummary } from '../contract/records.ts';
import { readChain } from './chain-reader.ts';
import { toTimeline } from './content.ts';
import { EXCHANGE, type ExchangeRow } from './rows.ts';
import { storedExchanges } from './stored-exchange.ts';
import { fromColumn, toColumn } from './text-column.ts';
import { threadsOf, type ToolThread } from './threads.ts';
import { deadWriters } from './writers.ts';

export interface SessionFilter {
  /** At most this many, the newest; 50 by default. */
  readonly limit?: number;
  /** Only sessions with something at or after this time, in milliseconds since the Unix epoch. */
  readonly since?: number;
}

export interface SessionReader {
  /** Newest first. */
  sessions(filter?: SessionFilter): SessionSummary[];
  /** The exchanges of a session in the order they began, at most `limit` (1,000 by default), the newest of them. */
  exchanges(session: string, limit?: number): ExchangeRecord[];
  exchange(id: string): ExchangeRecord | undefined;
  /** The deltas of an exchange as they went to the client, in that order, with their times; empty when there are none. */
  timeline(id: string): RecordedPiece[];
  /** Tool calls of a session with the exchanges that asked for them and that brought their results. */
  threads(session: string): ToolThread[];
  /**
   * The chain in its order: exchanges that have ended, gaps, openings, anchors, purges; those after number `after` (0 by
   * default). Reads as it goes, in one state of the log: do not wait for other things between two records.
   */
  records(after?: number): Iterable<ChainedRecord>;
}

/** A reader over an open database. `now` tells which writers have fallen silent, in milliseconds since the Unix epoch. */
export function readerOf(database: DatabaseSync, now: () => number): SessionReader {
  const exchanges = (session: string, limit: number): ExchangeRecord[] => {
    const rows = database
      .prepare(`${EXCHANGE} WHERE e.session = ? ORDER BY e.seq DESC LIMIT ?`)
      .all(toColumn(session), limit) as unknown as ExchangeRow[];
    return readExchanges(database, rows.reverse(), now());
  };
  return {
    sessions: (filter) => readSessions(database, filter ?? {}),
    exchanges: (session, limit = 1_000) => exchanges(session, limit),
    threads: (session) => threadsOf(exchanges(session, 1_000)),
    exchange(id) {
      const row = findExchange(database, id);
      return row === undefined ? undefined : readExchanges(database, [row], now())[0];
    },
    timeline(id) {
      const row = findExchange(database, id);
      return row === undefined ? [] : toTimeline(storedExchanges(database).record(row, false).channels);
    },
    records: (after = 0) => readChain(database, after),
  };
}

function readSessions(database: DatabaseSync, { limit = 50, since = 0 }: SessionFilter): SessionSummary[] {
  const values = database.prepare('SELECT field, value FROM session_value WHERE session = ? ORDER BY value');
  const rows = database
    .prepare('SELECT * FROM session WHERE last_at >= ? ORDER BY last_at DESC LIMIT ?')
    .all(since, limit) as unknown as SessionRow[];
  return rows.map((row) => {
    const hosts: MaskedText[] = [];
    const models: MaskedText[] = [];
    for (const { field, value } of values.all(row.id) as unknown as { field: string; value: string }[]) {
      (field === 'host' ? hosts : models).push(fromColumn(value));
    }
    return {
      id: fromColumn(row.id),
      client: fromColumn(row.client),
      startedAt: row.started_at,
      lastAt: row.last_at,
      exchanges: row.exchanges,
      findings: row.findings,
      hosts,
      models,
    };
  });
}

interface SessionRow {
  readonly id: string;
  readonly client: string;
  readonly started_at: number;
  readonly last_at: number;
  readonly exchanges: number;
  readonly findings: number;
}

function findExchange(database: DatabaseSync, id: string): ExchangeRow | undefined {
  return database.prepare(`${EXCHANGE} WHERE e.id = ?`).get(toColumn(id)) as unknown as ExchangeRow | undefined;
}

function readExchanges(database: DatabaseSync, rows: readonly ExchangeRow[], now: number): ExchangeRecord[] {
  const dead = new Set(rows.some((row) => row.state === 'open') ? deadWriters(database, now) : []);
  const stored = storedExchanges(database);
  return rows.map((row) => stored.record(row, dead.has(row.writer)));
}
