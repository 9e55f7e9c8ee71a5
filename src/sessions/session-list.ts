// The list of sessions for a window: how many on which day, and a page of them with what their exchanges add up to. Long
// texts are never touched.

import type { DatabaseSync } from 'node:sqlite';
import type { MaskedText } from '../base/text.ts';
import type { RecordedIdentity } from '../contract/records.ts';
import type { SessionDay, SessionDays, SessionRow } from '../contract/sessions.ts';
import { fromColumn, toColumn } from './text-column.ts';
import { deadWriters } from './writers.ts';

const MAX_DAYS = 4_000;
/** Exchanges of a session that are added up. */
const ADDED_UP = 2_000;
const MAX_VALUES = 20;
const MAX_EXCHANGES = 10_000;

/** `until`: sessions that went on after it are left out, so that the list stands still while it is read. */
export function sessionDays(database: DatabaseSync, until: number): SessionDays {
  const newest = database.prepare('SELECT max(last_at) AS at FROM session WHERE last_at <= ? AND last_at < ?');
  const count = database.prepare(
    'SELECT count(*) AS n FROM session WHERE last_at >= ? AND last_at < ? AND last_at <= ?',
  );
  const days: SessionDay[] = [];
  let total = 0;
  // From day to day by the index: an empty one costs nothing.
  for (let end = Infinity; days.length < MAX_DAYS;) {
    const at = newest.get(until, end)?.['at'];
    if (typeof at !== 'number') break;
    const start = midnight(at);
    const n = Number(count.get(start, nextMidnight(start), until)?.['n'] ?? 0);
    days.push({ start, count: n });
    total += n;
    end = start;
  }
  return { days, total, until };
}

export interface SessionPage {
  /** Midnight, as `sessionDays` gave it. */
  readonly day: number;
  readonly until: number;
  readonly offset: number;
  readonly limit: number;
}

/** Ids of the sessions of a day, newest first. */
export function sessionIds(database: DatabaseSync, { day, until, offset, limit }: SessionPage): string[] {
  return database
    .prepare(
      `SELECT id FROM session WHERE last_at >= ? AND last_at < ? AND last_at <= ? ORDER BY last_at DESC, id DESC LIMIT ? OFFSET ?`,
    )
    .all(day, nextMidnight(day), until, limit, offset)
    .map((row) => fromColumn(String(row['id'])));
}

export function sessionRows(database: DatabaseSync, now: number): (id: string) => SessionRow | undefined {
  const session = database.prepare('SELECT * FROM session WHERE id = ?');
  const values = database.prepare('SELECT field, value FROM session_value WHERE session = ? ORDER BY field, value');
  const newest = `SELECT * FROM exchange WHERE session = ? ORDER BY seq DESC LIMIT ${ADDED_UP}`;
  const sums = database.prepare(
    `SELECT total(input_tokens) + total(output_tokens) AS tokens, total(state = 'open') AS open,
       total(state = 'failed') AS failed, total(state = 'cut') AS cut FROM (${newest})`,
  );
  const writers = database.prepare("SELECT DISTINCT writer FROM exchange WHERE session = ? AND state = 'open'");
  const holds = database.prepare(`SELECT count(*) AS n FROM (${newest}) e JOIN verdict v ON v.exchange = e.seq`);
  const facts = database.prepare(
    `SELECT p.facts FROM (${newest}) e JOIN process p ON p.id = e.process ORDER BY e.seq DESC LIMIT 1`,
  );
  let dead: ReadonlySet<number> | undefined;

  return (id) => {
    const key = toColumn(id);
    const row = session.get(key) as unknown as Stored | undefined;
    if (row === undefined) return undefined;
    const names: { host: MaskedText[]; model: MaskedText[] } = { host: [], model: [] };
    for (const { field, value } of values.all(key) as unknown as { field: 'host' | 'model'; value: string }[])
      if (names[field].length < MAX_VALUES) names[field].push(fromColumn(value));
    const sum = sums.get(key) as unknown as { tokens: number; open: number; failed: number; cut: number };
    let { open, cut } = sum;
    if (open > 0) {
      dead ??= new Set(deadWriters(database, now));
      // What a dead process left open was cut, even if nobody has marked it yet.
      if (writers.all(key).every(({ writer }) => dead?.has(Number(writer)))) [open, cut] = [0, cut + open];
    }
    const stored = facts.get(key)?.['facts'];
    const identity = typeof stored === 'string' ? (JSON.parse(stored) as RecordedIdentity) : null;
    return {
      id,
      startedAt: row.started_at,
      lastAt: row.last_at,
      client: fromColumn(row.client),
      program: identity?.program ?? null,
      project: identity?.git?.root ?? identity?.folder ?? null,
      models: names.model,
      hosts: names.host,
      exchanges: row.exchanges,
      findings: row.findings,
      tokens: sum.tokens,
      holds: Number(holds.get(key)?.['n'] ?? 0),
      open,
      failed: sum.failed,
      cut,
      isPartial: row.exchanges > ADDED_UP,
    };
  };
}

interface Stored {
  readonly client: string;
  readonly started_at: number;
  readonly last_at: number;
  readonly exchanges: number;
  readonly findings: number;
}

/** Ids of the newest 10,000 exchanges of a session, in the order in which they began. */
export function exchangeIds(database: DatabaseSync, session: string): string[] {
  return database
    .prepare(`SELECT id FROM exchange WHERE session = ? ORDER BY seq DESC LIMIT ${MAX_EXCHANGES}`)
    .all(toColumn(session))
    .map((row) => fromColumn(String(row['id'])))
    .reverse();
}

/** Known values of fields of the search, the first of each in their order. */
export function knownValues(database: DatabaseSync, limit: number): Record<string, string[]> {
  const of = (sql: string): string[] =>
    database
      .prepare(`${sql} LIMIT ?`)
      .all(limit)
      .flatMap(({ value }) => (typeof value === 'string' && value !== '' ? [fromColumn(value)] : []));
  const fact = (path: string): string[] =>
    of(`SELECT DISTINCT facts ->> '${path}' AS value FROM process WHERE value IS NOT NULL ORDER BY value`);
  return {
    rule: of(
      `SELECT rule AS value FROM finding UNION
       SELECT reason.value ->> 'rule' FROM verdict, json_each(held, '$.reasons') reason ORDER BY 1`,
    ),
    kind: of('SELECT DISTINCT kind AS value FROM finding ORDER BY value'),
    client: of('SELECT DISTINCT client AS value FROM session ORDER BY value'),
    host: of("SELECT DISTINCT value FROM session_value WHERE field = 'host' ORDER BY value"),
    model: of("SELECT DISTINCT value FROM session_value WHERE field = 'model' ORDER BY value"),
    tool: of('SELECT DISTINCT tool AS value FROM verdict ORDER BY value'),
    program: fact('$.program'),
    user: fact('$.user'),
    folder: fact('$.folder'),
    repo: fact('$.git.root'),
    branch: fact('$.git.branch'),
  };
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}

/** Days of 23 and of 25 hours included. */
function nextMidnight(start: number): number {
  const day = new Date(start);
  return day.setDate(day.getDate() + 1);
}
