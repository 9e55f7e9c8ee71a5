// Deleting on purpose, by a person: beside a Scrim that may be recording, which is never held up for long.

import { setTimeout as pause } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import { logFile, openForReading, openForWriting } from './database.ts';
import { asSessionsError } from './errors.ts';
import { openPurge } from './purge.ts';
import { toColumn } from './text-column.ts';

/** What is to be deleted: all that holds of what is given. Nothing given is everything. */
export interface PurgeSelection {
  /** Exchanges that began before this time, in milliseconds since the Unix epoch. */
  readonly before?: number | undefined;
  readonly session?: string | undefined;
  /** Ids of exchanges. */
  readonly ids?: readonly string[] | undefined;
}

const BATCH = 50;
const PAGES = 200;

/** How many exchanges `purgeLog` would delete. @throws SessionsError */
export function countPurge(folder: string, selection: PurgeSelection): number {
  const database = openForReading(folder);
  if (database === undefined) return 0;
  try {
    return selected(database, selection).length;
  } catch (error) {
    throw asSessionsError(error, logFile(folder), 'cannot-read', 'Reading the session log');
  } finally {
    database.close();
  }
}

/**
 * Deletes exchanges that have ended; the space is overwritten, and given back where the file allows it.
 * @returns how many were deleted
 * @throws SessionsError; what was deleted until then stays deleted, and the log says so
 */
export async function purgeLog(
  { folder, clock }: { folder: string; clock: Clock },
  selection: PurgeSelection,
): Promise<number> {
  if (countPurge(folder, selection) === 0) return 0;
  const file = logFile(folder);
  const database = openForWriting(folder);
  try {
    // SECURITY: what a person wants gone must not stay in free pages.
    database.exec('PRAGMA secure_delete = ON');
    const purge = openPurge(database);
    const rows = selected(database, selection);
    let deleted = 0;
    for (let i = 0; i < rows.length; i += BATCH) {
      const begun = performance.now();
      deleted += purge.delete(rows.slice(i, i + BATCH), clock.now(), 'person');
      // As long for the others as for us.
      await pause(performance.now() - begun);
    }
    await giveBack(database);
    return deleted;
  } catch (error) {
    throw asSessionsError(error, file, 'cannot-record', 'Deleting from the session log');
  } finally {
    database.close();
  }
}

function selected(database: DatabaseSync, { before, session, ids }: PurgeSelection): number[] {
  const wanted = ids === undefined ? undefined : JSON.stringify(ids.map(toColumn));
  const rows = database
    .prepare(
      `SELECT seq FROM exchange WHERE state <> 'open' AND (?1 IS NULL OR started_at < ?1) AND (?2 IS NULL OR session = ?2)
         AND (?3 IS NULL OR id IN (SELECT value FROM json_each(?3))) ORDER BY seq`,
    )
    .all(before ?? null, session === undefined ? null : toColumn(session), wanted ?? null);
  return rows.map((row) => Number(row['seq']));
}

async function giveBack(database: DatabaseSync): Promise<void> {
  const free = (): number => Number(database.prepare('PRAGMA freelist_count').get()?.['freelist_count'] ?? 0);
  // A file from before free pages could be given back keeps them.
  for (let left = free(), before = Infinity; left > 0 && left < before; before = left, left = free()) {
    const begun = performance.now();
    database.exec(`PRAGMA incremental_vacuum(${PAGES})`);
    await pause(performance.now() - begun);
  }
  // The deleted text stands in the write-ahead log too; a reader in the middle of something may keep it a while longer.
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}
