// Keeps the log within its age and size: a few exchanges at a time, between whose deletions the streams go on.

import type { DatabaseSync } from 'node:sqlite';
import { openPurge } from './purge.ts';

export interface Retention {
  /** Milliseconds. */
  readonly maxAge: number;
  /** Bytes of the log's file that are in use. */
  readonly maxBytes: number;
}

/** Deleted at once: about a millisecond of work, in which no stream moves. */
const BATCH = 20;
/** Pages given back to the system at once. */
const PAGES = 50;
/** Free pages are used again by what is written next; only what is more than this part of the file is given back. */
const SPARE = 0.1;

export interface RetentionStep {
  /**
   * One small step towards the bounds.
   * @returns whether there is more to do
   */
  step(bounds: Retention, now: number): boolean;
}

export function openRetention(database: DatabaseSync): RetentionStep {
  const purge = openPurge(database);
  const tooOld = database.prepare(
    "SELECT seq FROM exchange WHERE started_at < ? AND state <> 'open' ORDER BY started_at LIMIT ?",
  );
  const oldest = database.prepare("SELECT seq FROM exchange WHERE state <> 'open' ORDER BY seq LIMIT ?");
  const numbers = (rows: unknown): number[] => (rows as { seq: number }[]).map(({ seq }) => seq);
  const shrinks = pragma(database, 'auto_vacuum') === 2;
  const pageSize = pragma(database, 'page_size');

  return {
    step({ maxAge, maxBytes }, now) {
      const old = numbers(tooOld.all(now - maxAge, BATCH));
      if (old.length > 0) {
        purge.delete(old, now, 'age');
        return true;
      }
      const pages = pragma(database, 'page_count');
      const free = pragma(database, 'freelist_count');
      if ((pages - free) * pageSize > maxBytes) {
        const rows = numbers(oldest.all(BATCH));
        if (rows.length > 0) {
          purge.delete(rows, now, 'size');
          return true;
        }
      }
      if (!shrinks || free <= Math.max(PAGES, pages * SPARE)) return false;
      database.exec(`PRAGMA incremental_vacuum(${PAGES})`);
      return true;
    },
  };
}

function pragma(database: DatabaseSync, name: string): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}
