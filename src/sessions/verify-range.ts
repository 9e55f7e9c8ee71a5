// Checks a run of the chain against the rows it speaks of. Runs are independent of each other: each begins with the hash
// that the one before has stored.

import type { DatabaseSync } from 'node:sqlite';
import type { LogRecord, RecordedAnchor, RecordedPurge } from '../contract/records.ts';
import { anchorIsSigned } from './anchor.ts';
import { isDamage } from './errors.ts';
import { linkHash, noHash, sha256 } from './proof.ts';
import { isSpelledRight, rowDigest } from './row-digest.ts';
import type { ExchangeRow } from './rows.ts';
import { storedExchanges } from './stored-exchange.ts';

/** A record that is not what it was when it was written. */
export interface Damage {
  /** Its number in the chain; 0 for a row that no record speaks of. */
  readonly n: number;
  readonly table: string;
  /** The row's number in that table. */
  readonly row: number;
  /** The exchange's id, as far as it can be read. */
  readonly exchange: string | null;
  /** What is wrong, in one sentence. */
  readonly what: string;
}

export interface RangeResult {
  /** The first of the range, if any. */
  readonly damage: Damage | null;
  readonly records: number;
  readonly exchanges: number;
  /** Runs of records whose content is gone, and the purges that say so. */
  readonly gone: readonly (readonly [number, number])[];
  readonly purges: readonly RecordedPurge[];
  /** Anchors whose signature holds. */
  readonly signed: { readonly count: number; readonly keys: readonly string[]; readonly last: RecordedAnchor | null };
}

type Exchange = ExchangeRow & {
  /** Of its content; null when that row is gone. */
  readonly exchange: number | null;
  readonly has_findings: number;
  readonly has_verdicts: number;
};

/** `subject`: row number of the exchange. The columns of a row that is gone are null. */
type ChainRow = (Exchange | { readonly seq: null; readonly id: null }) & {
  readonly n: number;
  readonly kind: string;
  readonly subject: number | null;
  readonly record: string | null;
  readonly digest: Uint8Array;
  readonly hash: Uint8Array;
};

const CHAIN = `
  SELECT ch.n, ch.kind, ch.exchange AS subject, ch.record, ch.digest, ch.hash, e.*, p.facts, c.*,
    EXISTS (SELECT 1 FROM finding WHERE exchange = e.seq) AS has_findings,
    EXISTS (SELECT 1 FROM verdict WHERE exchange = e.seq) AS has_verdicts
  FROM chain ch LEFT JOIN exchange e ON e.seq = ch.exchange LEFT JOIN content c ON c.exchange = e.seq
  LEFT JOIN process p ON p.id = e.process
  WHERE ch.n BETWEEN ? AND ? ORDER BY ch.n`;

/** Checks the records `first` to `last`; stops at the first that is damaged. */
export function verifyRange(database: DatabaseSync, first: number, last: number): RangeResult {
  const stored = storedExchanges(database);
  const gone: [number, number][] = [];
  const purges: RecordedPurge[] = [];
  const keys = new Set<string>();
  let anchors = 0;
  let lastAnchor: RecordedAnchor | null = null;
  let exchanges = 0;
  let n = first - 1;
  let prev = hashAt(database, n);

  /** @returns what is wrong with the content of the record, or undefined */
  const contentOf = (row: ChainRow): [table: string, row: number, what: string] | undefined => {
    if (row.kind !== 'exchange') return otherContent(row);
    if (row.record !== null) return ['chain', row.n, 'it holds a text that is not its own'];
    if (row.subject === null) {
      const run = gone.at(-1);
      if (run?.[1] === row.n - 1) run[1] = row.n;
      else gone.push([row.n, row.n]);
      return undefined;
    }
    exchanges++;
    if (row.seq === null) return ['exchange', row.subject, 'the row is missing'];
    return isIntact(row, row.digest) ? undefined : ['exchange', row.seq, 'its rows are not what was recorded'];
  };
  const isIntact = (row: Exchange, digest: Uint8Array): boolean => {
    const findings = row.has_findings === 0 ? [] : stored.findings(row.seq);
    const verdicts = row.has_verdicts === 0 ? [] : stored.verdicts(row.seq);
    try {
      return isSpelledRight(row, findings, verdicts) && isEqual(rowDigest(row, findings, verdicts), digest);
    } catch {
      // Rows that do not hold together are not what was recorded.
      return false;
    }
  };
  const otherContent = (row: ChainRow): [string, number, string] | undefined => {
    const damaged: [string, number, string] = ['chain', row.n, 'its content is not what was recorded'];
    if (row.record === null || row.subject !== null || !isEqual(sha256(row.record), row.digest)) return damaged;
    const record = JSON.parse(row.record) as LogRecord;
    if (record.kind !== row.kind) return damaged;
    if (record.kind === 'purge') purges.push(record);
    if (record.kind === 'anchor') {
      if (record.count !== row.n - 1 || record.head !== Buffer.from(prev).toString('hex')) return damaged;
      // Canonical JSON leaves out what is null.
      if ((record.key ?? null) === null) return undefined;
      if (!anchorIsSigned(record)) return ['chain', row.n, 'the signature of the anchor does not hold'];
      anchors++;
      keys.add(record.key ?? '');
      lastAnchor = record;
    }
    return undefined;
  };

  const result = (damage: Damage | null): RangeResult => ({
    damage,
    records: n - first + 1,
    exchanges,
    gone,
    purges,
    signed: { count: anchors, keys: [...keys], last: lastAnchor },
  });
  const rows = database.prepare(CHAIN).iterate(first, last) as unknown as Iterable<ChainRow>;
  try {
    for (const row of rows) {
      const broken = (table: string, at: number, what: string): RangeResult =>
        result({ n: n + 1, table, row: at, exchange: row.id, what });
      if (row.n !== n + 1) return broken('chain', n + 1, 'the record is missing');
      const wrong = contentOf(row);
      if (wrong !== undefined) return broken(...wrong);
      if (!isEqual(linkHash(prev, row.n, row.digest), row.hash))
        return broken('chain', row.n, 'its hash does not hold');
      n = row.n;
      prev = row.hash;
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    return result({ n: n + 1, table: 'chain', row: n + 1, exchange: null, what: 'the file is damaged here' });
  }
  if (n === last) return result(null);
  return result({ n: n + 1, table: 'chain', row: n + 1, exchange: null, what: 'the record is missing' });
}

function hashAt(database: DatabaseSync, n: number): Uint8Array {
  if (n === 0) return noHash;
  return (database.prepare('SELECT hash FROM chain WHERE n = ?').get(n)?.['hash'] as Uint8Array | undefined) ?? noHash;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
