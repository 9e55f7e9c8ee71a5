// Which processes write to the log, and which of them are gone: the open exchanges of a dead writer were cut.
// A writer wrongly taken for dead does no harm: when its exchange ends, the end overwrites the mark.

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { DatabaseSync } from 'node:sqlite';

export interface WriterRow {
  readonly id: number;
  readonly host: string;
  readonly pid: number;
  readonly started: string;
  readonly seen_at: number;
}

/** A writer with open exchanges says that it lives this often. */
export const HEARTBEAT_MS = 30_000;
const SILENCE_MS = 4 * HEARTBEAT_MS;

/** Adds this process to the writers. @returns its number */
export function addWriter(database: DatabaseSync, now: number): number {
  const added = database
    .prepare('INSERT INTO writer (host, pid, started, opened_at, seen_at) VALUES (?, ?, ?, ?, ?)')
    .run(hostname(), process.pid, startToken(process.pid), now, now);
  return Number(added.lastInsertRowid);
}

export function deadWriters(database: DatabaseSync, now: number): number[] {
  const rows = database
    .prepare('SELECT id, host, pid, started, seen_at FROM writer WHERE ended_at IS NULL')
    .all() as unknown as WriterRow[];
  return rows.filter((row) => isDead(row, now)).map((row) => row.id);
}

export function isDead(writer: WriterRow, now: number): boolean {
  const isSilent = now - writer.seen_at > SILENCE_MS;
  // Another host name is another container on the same folder: its process numbers mean nothing here.
  if (writer.host !== hostname()) return isSilent;
  if (!isRunning(writer.pid)) return true;
  const started = startToken(writer.pid);
  return started === '' || writer.started === '' ? isSilent : started !== writer.started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Boot and start time of a process (proc_pid_stat(5), field 22): a pid is used again, this is not. Empty where there is no /proc. */
function startToken(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field, the program's name, may itself hold spaces and brackets.
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}:${started}`;
  } catch {
    return '';
  }
}

export function sayAlive(database: DatabaseSync, writer: number, now: number): void {
  try {
    database.prepare('UPDATE writer SET seen_at = ? WHERE id = ?').run(now, writer);
  } catch {
    // The next commit meets the same fault and reports it; a missed beat by itself harms nothing.
  }
}

export function endWriter(database: DatabaseSync, writer: number, now: number): void {
  database.prepare('UPDATE writer SET ended_at = ? WHERE id = ?').run(now, writer);
}
