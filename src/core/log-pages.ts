// The log a page at a time: each page is read in one go, as the reader wants it, and nothing is held while its records are
// on their way to a slow receiver.

import type { Exported } from '../exports/exported.ts';
import type { LogRecord } from '../contract/records.ts';
import type { SessionReader } from '../sessions/reader.ts';
import type { Period } from './period.ts';

type LogRecords = Pick<SessionReader, 'records'>;

export interface Selection extends Period {
  /** Exchanges of this session only. */
  readonly session?: string | undefined;
}

const PAGE_RECORDS = 200;
const PAGE_CHARACTERS = 4 * 1024 * 1024;
/** Records stand in the order in which exchanges ended; clocks may have been set back a little in between. */
const CLOCK_SLACK = 3_600_000;

/** Follows the log once its end is reached: `more` waits a while, and says false when it is time to stop. */
export async function* logPages(
  log: LogRecords,
  selection: Selection,
  more: () => Promise<boolean> = () => Promise.resolve(false),
): AsyncGenerator<Exported[]> {
  let after = firstBefore(log, selection.since - CLOCK_SLACK);
  for (;;) {
    const page: Exported[] = [];
    let characters = 0;
    let read = 0;
    for (const { record, ...proof } of log.records(after)) {
      after = proof.n;
      read += 1;
      if (isSelected(record, selection)) {
        page.push({ record, proof });
        characters += sizeOf(record);
      }
      if (read >= PAGE_RECORDS * 10 || page.length >= PAGE_RECORDS || characters >= PAGE_CHARACTERS) break;
    }
    if (page.length > 0) yield page;
    if (read === 0 && !(await more())) return;
  }
}

function isSelected(record: LogRecord | null, { since, until, session }: Selection): boolean {
  if (record?.kind === 'exchange')
    return (
      (session === undefined || record.session === session) && record.startedAt >= since && record.startedAt < until
    );
  // What else the chain holds is needed to prove it, and belongs to no session.
  return session === undefined && timeOf(record) < until;
}

function timeOf(record: LogRecord | null): number {
  if (record === null) return 0;
  if (record.kind === 'exchange') return record.closed?.endedAt ?? record.startedAt;
  return record.kind === 'gap' ? record.to : record.at;
}

function sizeOf(record: LogRecord | null): number {
  if (record?.kind !== 'exchange') return 100;
  return record.channels.reduce((sum, { text }) => sum + text.length, record.request?.body?.length ?? 0);
}

/** The number of a record before which nothing is at or after `time`: by doubling, then halving. */
function firstBefore(log: LogRecords, time: number): number {
  if (time <= 0) return 0;
  let low = 0;
  let high = 1;
  while (isBefore(log, high, time)) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isBefore(log, middle, time)) low = middle;
    else high = middle;
  }
  return low;
}

/** There is a record after number `n`, and the first one that tells its time is before `time`. */
function isBefore(log: LogRecords, n: number, time: number): boolean {
  for (const { record } of log.records(n)) if (record !== null) return timeOf(record) < time;
  return false;
}
