// Deletes exchanges: all their rows at once, and in the chain a record that says which and why. Their hashes stay, so the
// chain still holds.

import type { DatabaseSync } from 'node:sqlite';
import type { RecordedPurge } from '../contract/records.ts';
import { openChain } from './chain.ts';
import { inTransaction } from './store.ts';

export interface Purge {
  /**
   * Deletes exchanges that have ended, by their row numbers, in one transaction. Those still open stay.
   * @returns how many were deleted
   */
  delete(rows: readonly number[], at: number, reason: RecordedPurge['reason']): number;
}

export function openPurge(database: DatabaseSync): Purge {
  const chain = openChain(database);
  const read = database.prepare('SELECT session, state, process FROM exchange WHERE seq = ?');
  const countFindings = database.prepare('SELECT count(*) AS n FROM finding WHERE exchange = ?');
  const deletions = [
    'DELETE FROM content WHERE exchange = ?',
    'DELETE FROM piece WHERE exchange = ?',
    'DELETE FROM finding WHERE exchange = ?',
    'DELETE FROM verdict WHERE exchange = ?',
    'DELETE FROM exchange WHERE seq = ?',
  ].map((sql) => database.prepare(sql));
  const subtract = database.prepare(
    'UPDATE session SET exchanges = exchanges - ?, findings = findings - ? WHERE id = ?',
  );
  const forgetSession = database.prepare('DELETE FROM session WHERE id = ? AND exchanges <= 0');
  const forgetValues = database.prepare('DELETE FROM session_value WHERE session = ?');
  const forgetProcess = database.prepare(
    'DELETE FROM process WHERE id = ? AND NOT EXISTS (SELECT 1 FROM exchange WHERE process = process.id)',
  );

  return {
    delete: (rows, at, reason) =>
      inTransaction(database, () => {
        chain.begin();
        const deleted: number[] = [];
        const sessions = new Map<string, { exchanges: number; findings: number }>();
        const processes = new Set<number>();
        for (const seq of rows) {
          const row = read.get(seq) as { session: string; state: string; process: number | null } | undefined;
          if (row === undefined || row.state === 'open') continue;
          let totals = sessions.get(row.session);
          if (totals === undefined) sessions.set(row.session, (totals = { exchanges: 0, findings: 0 }));
          totals.exchanges++;
          totals.findings += Number(countFindings.get(seq)?.['n'] ?? 0);
          if (row.process !== null) processes.add(row.process);
          for (const deletion of deletions) deletion.run(seq);
          deleted.push(seq);
        }
        for (const [session, { exchanges, findings }] of sessions) {
          subtract.run(exchanges, findings, session);
          if (forgetSession.run(session).changes > 0) forgetValues.run(session);
        }
        for (const process of processes) forgetProcess.run(process);
        chain.purge(deleted, at, reason);
        return deleted.length;
      }),
  };
}
