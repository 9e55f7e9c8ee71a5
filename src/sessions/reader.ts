// Reads the log back. Rows become records here and nowhere else.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MaskedText } from '../base/text.ts';
import type { ExchangeRecord, RecordedPiece, SessionSummary } from '../contract/records.ts';
import {
  joinChannels,
  toExchange,
  toFinding,
  toPieces,
  toVerdict,
  type ExchangeRow,
  type FindingRow,
  type VerdictRow,
} from './rows.ts';
import { fromColumn, toColumn } from './text-column.ts';
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
  /** The pieces of an exchange as they went to the client, with their times; empty when there are none. */
  timeline(id: string): RecordedPiece[];
}

/** A reader over an open database. `now` tells which writers have fallen silent, in milliseconds since the Unix epoch. */
export function readerOf(database: DatabaseSync, now: () => number): SessionReader {
  return {
    sessions: (filter) => readSessions(database, filter ?? {}),
    exchanges(session, limit = 1_000) {
      const rows = database
        .prepare('SELECT * FROM exchange WHERE session = ? ORDER BY seq DESC LIMIT ?')
        .all(toColumn(session), limit) as unknown as ExchangeRow[];
      return readExchanges(database, rows.reverse(), now());
    },
    exchange(id) {
      const row = findExchange(database, id);
      return row === undefined ? undefined : readExchanges(database, [row], now())[0];
    },
    timeline(id) {
      const row = findExchange(database, id);
      return row === undefined ? [] : readPieces(laterPieces(database), row);
    },
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
  return database.prepare('SELECT * FROM exchange WHERE id = ?').get(toColumn(id)) as unknown as
    ExchangeRow | undefined;
}

function readExchanges(database: DatabaseSync, rows: readonly ExchangeRow[], now: number): ExchangeRecord[] {
  const dead = new Set(rows.some((row) => row.state === 'open') ? deadWriters(database, now) : []);
  const findings = database.prepare('SELECT * FROM finding WHERE exchange = ? ORDER BY n');
  const verdicts = verdictsOf(database);
  const later = laterPieces(database);
  return rows.map((row) => ({
    ...toExchange(row, dead.has(row.writer)),
    channels: joinChannels(readPieces(later, row)),
    findings: (findings.all(row.seq) as unknown as FindingRow[]).map(toFinding),
    verdicts: verdicts(row.seq).map(toVerdict),
  }));
}

/** A log that an older Scrim wrote, and nobody has opened for writing since, has no such table. */
function verdictsOf(database: DatabaseSync): (seq: number) => VerdictRow[] {
  if (database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'verdict'").get() === undefined) return () => [];
  const statement = database.prepare('SELECT * FROM verdict WHERE exchange = ? ORDER BY n');
  return (seq) => statement.all(seq) as unknown as VerdictRow[];
}

function laterPieces(database: DatabaseSync): StatementSync {
  return database.prepare('SELECT pieces FROM piece WHERE exchange = ? ORDER BY seq');
}

/** Those of the first commit stand in the row itself, the later ones beside it. */
function readPieces(later: StatementSync, row: ExchangeRow): RecordedPiece[] {
  const parts = later.all(row.seq) as unknown as { pieces: string }[];
  const pieces = row.pieces === null ? [] : toPieces(row.pieces);
  for (const part of parts) for (const piece of toPieces(part.pieces)) pieces.push(piece);
  return pieces;
}
