// What a process does when it begins to write: it ends what the dead have left, says since when nobody wrote, and enters
// itself. One transaction, so that of two that begin at once only one says so.

import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { openChain } from './chain.ts';
import { cutExchanges, inTransaction } from './store.ts';
import { addWriter, deadWriters, endWriter, lastSeen } from './writers.ts';

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
      endWriter(database, dead, lastSeen(database, dead));
    }
    const off = database
      .prepare('SELECT max(ended_at) AS since, count(*) - count(ended_at) AS alive FROM writer')
      .get() as { since: number | null; alive: number };
    if (off.alive === 0 && off.since !== null && now - off.since >= RESTART_MS)
      chain.add({ kind: 'gap', from: off.since, to: now, reason: 'off', client: null });
    return addWriter(database, now);
  });
}
