// Writes batches of exchanges, each batch in one transaction: rows, totals of their sessions, and their records in the
// chain of proof.

import type { DatabaseSync } from 'node:sqlite';
import type { LogRecord } from '../contract/records.ts';
import type { AnchorKey } from './anchor.ts';
import { openChain, type Chain } from './chain.ts';
import type { Draft } from './draft.ts';
import { draftRows } from './draft-rows.ts';
import { SessionTotals } from './session-totals.ts';
import { foldPieces } from './split-texts.ts';
import { endWriter } from './writers.ts';

export interface Store {
  /** Writes what the drafts have new and commits. Throws what SQLite throws; then nothing of the batch is on disk and no draft is changed. */
  write(drafts: readonly Draft[]): void;
  /** Adds a record that is no exchange, and commits. Throws as `write` does. */
  add(record: Exclude<LogRecord, { kind: 'exchange' }>): void;
  /** The last thing: what this writer has open is cut, and the chain anchored. Throws as `write` does. */
  end(): void;
}

export function openStore(database: DatabaseSync, writer: number, now: () => number, key?: AnchorKey): Store {
  const chain = openChain(database, key);
  const rows = draftRows(database, writer, (seq) => chain.supersede(seq, now()));
  const addToSession = database.prepare(
    `INSERT INTO session VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
       started_at = min(started_at, excluded.started_at), last_at = max(last_at, excluded.last_at),
       exchanges = exchanges + excluded.exchanges, findings = findings + excluded.findings`,
  );
  const addValue = database.prepare('INSERT OR IGNORE INTO session_value VALUES (?, ?, ?)');
  return {
    write(drafts) {
      const totals = new SessionTotals();
      const written: number[] = [];
      inTransaction(database, () => {
        chain.begin();
        for (const draft of drafts) {
          const seq = rows.write(draft);
          written.push(seq);
          totals.add(draft);
          if (draft.closed !== null) chain.addExchange(seq);
        }
        totals.write(addToSession, addValue);
        chain.anchor(now(), false);
      });
      for (const [i, draft] of drafts.entries()) settle(draft, written[i] ?? 0);
    },
    add(record) {
      inTransaction(database, () => {
        chain.begin();
        chain.add(record);
      });
    },
    end() {
      inTransaction(database, () => {
        chain.begin();
        cutExchanges(database, chain, writer);
        chain.anchor(now(), true);
        endWriter(database, writer, now());
      });
    },
  };
}

/** Inside a transaction: the exchanges that a writer left open end here. @returns how many */
export function cutExchanges(database: DatabaseSync, chain: Chain, writer: number): number {
  const open = database.prepare("SELECT seq FROM exchange WHERE writer = ? AND state = 'open' ORDER BY seq");
  const mark = database.prepare("UPDATE exchange SET state = 'cut', writer = 0 WHERE seq = ?");
  const fold = foldPieces(database);
  const rows = open.all(writer) as unknown as { seq: number }[];
  for (const { seq } of rows) {
    mark.run(seq);
    fold(seq);
    chain.addExchange(seq);
  }
  return rows.length;
}

/** Takes the write lock first, so that what is read inside is what holds. A full disk ends the transaction by itself. */
export function inTransaction<T>(database: DatabaseSync, act: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = act();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** After the commit: what was written is no longer new. */
function settle(draft: Draft, seq: number): void {
  draft.seq = seq;
  draft.requestIsWritten = draft.request !== null;
  draft.identity = null;
  draft.findingsWritten += draft.findings.length;
  draft.findings = [];
  draft.verdictsWritten += draft.verdicts.length;
  draft.verdicts = [];
  draft.pieces = [];
}
