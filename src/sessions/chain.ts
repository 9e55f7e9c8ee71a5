// Appends records to the chain. Everything here happens inside a transaction that took the write lock, so several
// processes make one line: each reads the head that the one before has left.

import type { DatabaseSync } from 'node:sqlite';
import type { LogRecord, RecordedPurge } from '../contract/records.ts';
import { anchorOf, type AnchorKey } from './anchor.ts';
import { canonical, digestOf, linkHash, noHash, toHex } from './proof.ts';
import { rowDigest } from './row-digest.ts';
import { toRuns } from './runs.ts';
import { storedExchanges } from './stored-exchange.ts';

export interface Chain {
  /** To be called at the start of each transaction. */
  begin(): void;
  /** The exchange with this row number has ended; its rows are written. */
  addExchange(seq: number): void;
  add(record: Exclude<LogRecord, { kind: 'exchange' }>): void;
  /** The record of this exchange holds no longer, because more has come of it. Does nothing when there is none. */
  supersede(seq: number, at: number): void;
  /** Takes exchanges, whose rows are gone, off the chain; their hashes stay. Those that were never on it do no harm. */
  purge(rows: readonly number[], at: number, reason: RecordedPurge['reason']): void;
  /** Adds an anchor when enough has come since the last one, or when `isLast` and anything has. */
  anchor(at: number, isLast: boolean): void;
  readonly head: { readonly n: number; readonly hash: Uint8Array };
}

/** An anchor comes after so many records, or with the next record after so long. */
const ANCHOR_RECORDS = 1_000;
const ANCHOR_MS = 600_000;

/** `key`: signs the anchors; without one they are kept unsigned. */
export function openChain(database: DatabaseSync, key?: AnchorKey): Chain {
  const readHead = database.prepare('SELECT n, hash FROM chain ORDER BY n DESC LIMIT 1');
  const insert = database.prepare(
    'INSERT INTO chain (n, kind, exchange, record, digest, hash) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const numberOf = database.prepare('SELECT n FROM chain WHERE exchange = ?');
  const release = database.prepare('UPDATE chain SET exchange = NULL WHERE n = ?');
  const lastAnchor = database.prepare(
    "SELECT n, record ->> 'at' AS at FROM chain WHERE kind = 'anchor' ORDER BY n DESC LIMIT 1",
  );
  const stored = storedExchanges(database);
  /** Another process may have set one since; then the next is a little early. */
  let anchored: { n: number; at: number } | undefined;
  let head = { n: 0, hash: noHash };

  const append = (kind: string, exchange: number | null, record: string | null, digest: Uint8Array): void => {
    const n = head.n + 1;
    const hash = linkHash(head.hash, n, digest);
    insert.run(n, kind, exchange, record, digest, hash);
    head = { n, hash };
  };
  const add = (record: Exclude<LogRecord, { kind: 'exchange' }>): void => {
    append(record.kind, null, canonical(record), digestOf(record));
  };
  const purge = (rows: readonly number[], at: number, reason: RecordedPurge['reason']): void => {
    const numbers: number[] = [];
    for (const seq of rows) {
      const row = numberOf.get(seq);
      if (row === undefined) continue;
      const n = Number(row['n']);
      release.run(n);
      numbers.push(n);
    }
    if (numbers.length > 0) add({ kind: 'purge', at, reason, records: toRuns(numbers.map((n) => [n, n])) });
  };
  return {
    begin() {
      const row = readHead.get();
      head = row === undefined ? { n: 0, hash: noHash } : { n: Number(row['n']), hash: row['hash'] as Uint8Array };
    },
    addExchange(seq) {
      const row = stored.row(seq);
      if (row === undefined) throw new Error('The exchange has no row.');
      append('exchange', seq, null, rowDigest(row, stored.findings(seq), stored.verdicts(seq)));
    },
    add,
    supersede: (seq, at) => purge([seq], at, 'superseded'),
    purge,
    anchor(at, isLast) {
      if (anchored === undefined) {
        const row = lastAnchor.get();
        anchored = { n: Number(row?.['n'] ?? 0), at: Number(row?.['at'] ?? at) };
      }
      const since = head.n - anchored.n;
      if (since === 0) return;
      if (!isLast && since < ANCHOR_RECORDS && at - anchored.at < ANCHOR_MS) return;
      add({ kind: 'anchor', ...anchorOf(at, head.n, toHex(head.hash), key) });
      anchored = { n: head.n, at };
    },
    get head() {
      return head;
    },
  };
}
