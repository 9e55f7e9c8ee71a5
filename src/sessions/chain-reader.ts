// The chain as records, in its order.

import type { DatabaseSync } from 'node:sqlite';
import type { ChainedRecord, LogRecord } from '../contract/records.ts';
import { noHash, toHex } from './proof.ts';
import { storedExchanges } from './stored-exchange.ts';

interface ChainRow {
  readonly n: number;
  readonly kind: LogRecord['kind'];
  readonly exchange: number | null;
  readonly record: string | null;
  readonly digest: Uint8Array;
  readonly hash: Uint8Array;
}

/** Throws where a record does not hold together. */
export function* readChain(database: DatabaseSync, after: number): Generator<ChainedRecord> {
  const stored = storedExchanges(database);
  const before = database.prepare('SELECT hash FROM chain WHERE n = ?').get(after)?.['hash'];
  let prev = toHex(before === undefined ? noHash : (before as Uint8Array));
  const rows = database.prepare('SELECT * FROM chain WHERE n > ? ORDER BY n').iterate(after);
  for (const row of rows as unknown as Iterable<ChainRow>) {
    const hash = toHex(row.hash);
    yield { n: row.n, record: recordOf(row, stored), digest: toHex(row.digest), prev, hash };
    prev = hash;
  }
}

function recordOf(row: ChainRow, stored: ReturnType<typeof storedExchanges>): LogRecord | null {
  if (row.record !== null) return JSON.parse(row.record) as LogRecord;
  const exchange = row.exchange === null ? undefined : stored.row(row.exchange);
  return exchange === undefined ? null : { kind: 'exchange', ...stored.record(exchange, false) };
}
