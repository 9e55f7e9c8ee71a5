// Verifies the whole log: every record against its rows, every hash against the one before, every deletion against the
// record that says it was meant, and that there is no row of which no record speaks. Reads only.

import { availableParallelism } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { RecordedAnchor } from '../contract/records.ts';
import { logFile, openForReading } from './database.ts';
import { asSessionsError } from './errors.ts';
import { toHex } from './proof.ts';
import { firstDifference, toRuns, type Run } from './runs.ts';
import { strayRow } from './stray-rows.ts';
import { verifyRange, type Damage, type RangeResult } from './verify-range.ts';

export interface Verification {
  /** The first record that is not what it was; null when all are. */
  readonly damage: Damage | null;
  /** Records in the chain: how many were found good before the damage, or all. */
  readonly records: number;
  readonly exchanges: number;
  /** Records whose content was deleted, and a record says so. */
  readonly purged: number;
  /** Exchanges that an older Scrim wrote, which kept no proof. */
  readonly unproven: number;
  /** Of the last record, hex; null when there is none. Noted elsewhere, it proves that the end was not cut off. */
  readonly head: string | null;
  readonly anchors: { readonly signed: number; readonly keys: readonly string[]; readonly last: RecordedAnchor | null };
}

/** Beside this file: as the sources run, and in the bundle. */
const program = new URL(import.meta.url.endsWith('.ts') ? 'verify-worker.ts' : 'verify-worker.js', import.meta.url);

/** Fewer records are verified sooner than a thread starts. */
const WORTH_A_THREAD = 20_000;
const MOST_THREADS = 4;

const nothing: Verification = {
  damage: null,
  records: 0,
  exchanges: 0,
  purged: 0,
  unproven: 0,
  head: null,
  anchors: { signed: 0, keys: [], last: null },
};

export interface VerifyOptions {
  /** Told after each so many records. */
  readonly onProgress?: (done: number, of: number) => void;
  readonly step?: number;
}

/**
 * Verifies the log in `folder`, also while Scrim writes it. No log is a good one.
 * @throws SessionsError when the file cannot be read at all
 */
export async function verifyLog(
  folder: string,
  { onProgress, step = Infinity }: VerifyOptions = {},
): Promise<Verification> {
  const database = openForReading(folder);
  if (database === undefined) return nothing;
  try {
    const results: RangeResult[] = [];
    let done = 0;
    // What is purged meanwhile is told by records that come meanwhile: so until there are no more.
    for (let last = lastRecord(database); last > done; last = lastRecord(database)) {
      const end = Math.min(last, done + step);
      results.push(...(await verifyRecords(database, folder, done + 1, end)));
      if (results.some(({ damage }) => damage !== null)) break;
      done = end;
      onProgress?.(done, last);
    }
    return summary(database, results);
  } catch (error) {
    throw asSessionsError(error, logFile(folder), 'cannot-read', 'Verifying the session log');
  } finally {
    database.close();
  }
}

async function verifyRecords(
  database: DatabaseSync,
  folder: string,
  first: number,
  last: number,
): Promise<RangeResult[]> {
  const count = last - first + 1;
  const threads = Math.min(availableParallelism(), MOST_THREADS, Math.ceil(count / WORTH_A_THREAD));
  if (threads === 1) {
    database.exec('BEGIN');
    const result = verifyRange(database, first, last);
    // Nothing was written; a commit would fail on a damaged file.
    database.exec('ROLLBACK');
    return [result];
  }
  const bounds = Array.from({ length: threads + 1 }, (_, i) => first - 1 + Math.floor((count * i) / threads));
  return Promise.all(bounds.slice(1).map((end, i) => inThread({ folder, first: (bounds[i] ?? 0) + 1, last: end })));
}

function inThread(workerData: { folder: string; first: number; last: number }): Promise<RangeResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { workerData, execArgv: [], env: {} });
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

function summary(database: DatabaseSync, results: readonly RangeResult[]): Verification {
  const broken = results.find(({ damage }) => damage !== null);
  // What comes behind the damage is not counted.
  const counted = broken === undefined ? results : results.slice(0, results.indexOf(broken) + 1);
  const gone: Run[] = toRuns(results.flatMap((each) => each.gone));
  const purged: Run[] = toRuns(results.flatMap(({ purges }) => purges.flatMap(({ records }) => records)));
  const before = startOf(database);
  return {
    damage: firstDamage(broken?.damage ?? null, gone, purged) ?? strayRow(database, before),
    records: sum(counted.map(({ records }) => records)),
    exchanges: sum(counted.map(({ exchanges }) => exchanges)),
    purged: sum(gone.map(([first, last]) => last - first + 1)),
    unproven: count(database, before),
    head: headOf(database),
    anchors: {
      signed: sum(counted.map(({ signed }) => signed.count)),
      keys: [...new Set(counted.flatMap(({ signed }) => signed.keys))],
      last: counted.findLast(({ signed }) => signed.last !== null)?.signed.last ?? null,
    },
  };
}

/** Content may be gone where, and only where, a purge says so. After a damage the purges behind it are not known. */
function firstDamage(damage: Damage | null, gone: readonly Run[], purged: readonly Run[]): Damage | null {
  if (damage !== null) return damage;
  const n = firstDifference(gone, purged);
  if (n === undefined) return null;
  const isGone = gone.some(([first, last]) => first <= n && n <= last);
  const what = isGone ? 'its content was deleted and no purge says so' : 'a purge says it was deleted, and it is there';
  return { n, table: 'chain', row: n, exchange: null, what };
}

function lastRecord(database: DatabaseSync): number {
  return Number(database.prepare('SELECT max(n) AS n FROM chain').get()?.['n'] ?? 0);
}

function headOf(database: DatabaseSync): string | null {
  const hash = database.prepare('SELECT hash FROM chain ORDER BY n DESC LIMIT 1').get()?.['hash'];
  return hash === undefined ? null : toHex(hash as Uint8Array);
}

/** Row number of the last exchange that was there before the chain began. */
function startOf(database: DatabaseSync): number {
  const row = database
    .prepare("SELECT record ->> 'before' AS before FROM chain WHERE n = 1 AND json_valid(record)")
    .get();
  return Number(row?.['before'] ?? 0);
}

function count(database: DatabaseSync, before: number): number {
  return Number(
    database
      .prepare(
        `SELECT count(*) AS n FROM exchange WHERE seq BETWEEN 1 AND ?
           AND NOT EXISTS (SELECT 1 FROM chain WHERE exchange = exchange.seq)`,
      )
      .get(before)?.['n'] ?? 0,
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
