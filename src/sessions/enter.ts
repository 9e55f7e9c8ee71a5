// What a process does when it begins to write: it ends what the dead have left, says since when nobody wrote, and enters
// itself. One transaction, so that of two that begin at once only one says so.

import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { openChain } from './chain.ts';
import { cutExchanges, inTransaction } from './store.ts';
import { addWriter, deadWriters, endWriter } from './writers.ts';

/** A pause shorter than this is a restart, not a gap. */
const RESTART_MS = 1_000;

/** @returns the number of this writer */
export function enter(database: DatabaseSync, now: number): number {
  const chain = openChain(database);
  return inTransaction(database, () => {
    chain.begin();
    if (chain.head.n === 0) {
      const before = Number(database.prepare('SELECT max(seq) AS last FROM exchange').get()?.['last'] ?? 0);
      chain.add({ kind: 'start', at: now, log: randomUUID(), before });
    }
    for (const dead of deadWriters(database, now)) {
      cutExchanges(database, chain, dead);
      endWriter(database, dead, lastWritten(database, dead));
    }
    const off = database
      .prepare('SELECT max(ended_at) AS since, count(*) - count(ended_at) AS alive FROM writer')
      .get() as { since: number | null; alive: number };
    if (off.alive === 0 && off.since !== null && now - off.since >= RESTART_MS)
      chain.add({ kind: 'gap', from: off.since, to: now, reason: 'off', client: null });
    return addWriter(database, now);
  });
}

/** When a dead writer was last heard of. That it wrote is a sign of life too. */
function lastWritten(database: DatabaseSync, writer: number): number {
  const seen = database.prepare('SELECT seen_at FROM writer WHERE id = ?').get(writer);
  const written = database
    .prepare(
      `SELECT max(max(started_at, ifnull(ended_at, 0))) AS at
       FROM (SELECT started_at, ended_at FROM exchange ORDER BY seq DESC LIMIT 100)`,
    )
    .get();
  return Math.max(Number(seen?.['seen_at'] ?? 0), Number(written?.['at'] ?? 0));
}
