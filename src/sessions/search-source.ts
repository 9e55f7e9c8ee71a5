// The log as search reads it: rows by number, records only when they are wanted.

import type { DatabaseSync } from 'node:sqlite';
import { asMasked } from '../base/text.ts';
import type { ExchangeRecord } from '../contract/records.ts';
import { toExchange, type ExchangeRow } from './rows.ts';
import { storedExchanges } from './stored-exchange.ts';
import { deadWriters } from './writers.ts';

export interface SourceRow {
  readonly seq: number;
  /** As it is stored. */
  readonly id: string;
  readonly startedAt: number;
  /** Stored as open: its writer may be dead. */
  readonly isOpen: boolean;
  /** The whole record. Where its texts are damaged, the record without them. */
  record(): ExchangeRecord;
}

export interface SearchSource {
  row(seq: number): SourceRow | undefined;
  /** Numbers above `seq`, lowest first. */
  after(seq: number, limit: number): number[];
  /** Numbers above `above` and below `below`, highest first. */
  between(above: number, below: number, limit: number): number[];
  /** The last row up to and including `seq`. */
  last(seq: number): { readonly seq: number; readonly id: string } | undefined;
}

/** `now`: to tell exchanges of dead writers from open ones; without it they count as open. */
export function searchSource(database: DatabaseSync, now?: number): SearchSource {
  const stored = storedExchanges(database);
  const after = database.prepare('SELECT seq FROM exchange WHERE seq > ? ORDER BY seq LIMIT ?');
  const between = database.prepare('SELECT seq FROM exchange WHERE seq > ? AND seq < ? ORDER BY seq DESC LIMIT ?');
  const last = database.prepare('SELECT seq, id FROM exchange WHERE seq <= ? ORDER BY seq DESC LIMIT 1');
  const dead = now === undefined ? new Set<number>() : new Set(deadWriters(database, now));
  const toRow = (row: ExchangeRow): SourceRow => ({
    seq: row.seq,
    id: row.id,
    startedAt: row.started_at,
    isOpen: row.state === 'open',
    record() {
      const writerIsDead = dead.has(row.writer);
      try {
        return stored.record(row, writerIsDead);
      } catch {
        // `scrim sessions verify` names it; a search must still find the others, and this one by its fields.
        return {
          ...toExchange({ ...row, request_body: asMasked('') }, writerIsDead),
          channels: [],
          findings: [],
          verdicts: [],
        };
      }
    },
  });
  return {
    row(seq) {
      const row = stored.row(seq);
      return row === undefined ? undefined : toRow(row);
    },
    after: (seq, limit) => after.all(seq, limit).map((row) => Number(row['seq'])),
    between: (above, below, limit) => between.all(above, below, limit).map((row) => Number(row['seq'])),
    last: (seq) => last.get(seq) as unknown as { seq: number; id: string } | undefined,
  };
}
