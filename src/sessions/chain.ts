// Appends records to the chain. Everything here happens inside a transaction that took the write lock, so several
// processes make one line: each reads the head that the one before has left.

import type { DatabaseSync } from 'node:sqlite';
import type { LogRecord, RecordedPurge } from '../contract/records.ts';
import { canonical, digestOf, linkHash, noHash } from './proof.ts';
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
  readonly head: { readonly n: number; readonly hash: Uint8Array };
}

export function openChain(database: DatabaseSync): Chain {
  const readHead = database.prepare('SELECT n, hash FROM chain ORDER BY n DESC LIMIT 1');
  const insert = database.prepare(
    'INSERT INTO chain (n, kind, exchange, record, digest, hash) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const numberOf = database.prepare('SELECT n FROM chain WHERE exchange = ?');
  const release = database.prepare('UPDATE chain SET exchange = NULL WHERE n = ?');
  const stored = storedExchanges(database);
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
    if (numbers.length > 0) add({ kind: 'purge', at, reason, records: toRuns(numbers) });
  };
  return {
    begin() {
      const row = readHead.get();
      head = row === undefined ? { n: 0, hash: noHash } : { n: Number(row['n']), hash: row['hash'] as Uint8Array };
    },
    addExchange(seq) {
      const row = stored.row(seq);
      if (row === undefined) throw new Error('The exchange has no row.');
      append('exchange', seq, null, digestOf({ kind: 'exchange', ...stored.record(row, false) }));
    },
    add,
    supersede: (seq, at) => purge([seq], at, 'superseded'),
    purge,
    get head() {
      return head;
    },
  };
}

/** 3, 1, 2, 7 → [[1, 3], [7, 7]] */
export function toRuns(numbers: readonly number[]): [number, number][] {
  const runs: [number, number][] = [];
  for (const n of numbers.toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === n - 1) last[1] = n;
    else runs.push([n, n]);
  }
  return runs;
}
