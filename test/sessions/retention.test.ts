import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test, vi } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import { logFile, openForWriting } from '../../src/sessions/database.ts';
import { countPurge, purgeLog } from '../../src/sessions/maintenance.ts';
import { openRetention } from '../../src/sessions/retention.ts';
import { openSessionLog, openSessionReader, type SessionLog } from '../../src/sessions/sessions.ts';
import { verifyLog } from '../../src/sessions/verify.ts';
import { closedRecord, findingRecord, identityRecord, openedRecord } from './records.ts';
import { temporaryFolder } from './temporary-folder.ts';

const START = 1_790_000_000_000;
const clock = { now: () => START + 1_000_000 };
const unbounded = { maxAge: Infinity, maxBytes: Infinity };

function onFailure(error: Error): void {
  throw error;
}

/** `count` exchanges a second apart, of two sessions, 8 KB each. */
function fill(log: SessionLog, count: number): void {
  for (let i = 0; i < count; i++) {
    const id = `x${i}`;
    log.open(openedRecord({ id, session: `s${i % 2}`, startedAt: START + i * 1_000 }));
    log.identity(id, identityRecord({ pid: i }));
    log.request(id, { model: null, body: asMasked(`${id} sesame `.repeat(800)), truncated: false, bytes: 1 }, [
      findingRecord(),
    ]);
    void log.close(id, closedRecord({ endedAt: START + i * 1_000 + 500 }));
    log.flush();
  }
}

async function filledFolder(count: number): Promise<string> {
  const folder = join(temporaryFolder(), 'log');
  const log = openSessionLog({ folder, clock, onFailure });
  fill(log, count);
  log.end();
  return Promise.resolve(folder);
}

function ids(folder: string): string[] {
  const reader = openSessionReader({ folder, clock });
  return ['s0', 's1'].flatMap((session) => reader.exchanges(session).map(({ id }) => id)).sort();
}

describe('bounds', () => {
  test('what is too old goes, in small steps, and the chain holds after each', async () => {
    const folder = await filledFolder(50);
    const database = openForWriting(folder);
    const retention = openRetention(database);
    // The last ten are younger.
    const bounds = { ...unbounded, maxAge: 1_000_000 - 40_000 };
    let steps = 0;
    while (retention.step(bounds, clock.now())) {
      steps++;
      expect((await verifyLog(folder)).damage).toBeNull();
    }
    expect(steps).toBeGreaterThan(1);
    database.close();
    expect(ids(folder)).toEqual(Array.from({ length: 10 }, (_, i) => `x${40 + i}`));
    expect(openSessionReader({ folder, clock }).sessions()).toMatchObject([
      { id: 's1', exchanges: 5, findings: 5 },
      { id: 's0', exchanges: 5, findings: 5 },
    ]);
    expect(await verifyLog(folder)).toMatchObject({ damage: null, exchanges: 10, purged: 40 });
  });

  test('what is too large loses its oldest, and gives the space back', async () => {
    const folder = await filledFolder(400);
    const before = statSync(logFile(folder)).size;
    const database = openForWriting(folder);
    const retention = openRetention(database);
    const bounds = { ...unbounded, maxBytes: before / 2 };
    while (retention.step(bounds, clock.now()));
    database.close();
    expect(statSync(logFile(folder)).size).toBeLessThan(before * 0.6);
    const left = openSessionReader({ folder, clock })
      .exchanges('s1')
      .map(({ id }) => id);
    expect(left.length).toBeGreaterThan(50);
    expect(left.at(-1)).toBe('x399');
    expect(await verifyLog(folder)).toMatchObject({ damage: null, exchanges: left.length * 2 });
  });

  test('an exchange that is open stays', () => {
    const folder = join(temporaryFolder(), 'log');
    const log = openSessionLog({ folder, clock, onFailure });
    log.open(openedRecord({ startedAt: START }));
    log.flush();
    const database = openForWriting(folder);
    expect(openRetention(database).step({ maxAge: 1, maxBytes: 1 }, clock.now())).toBe(false);
    database.close();
    expect(log.exchange('x1')?.state).toBe('open');
    log.end();
  });

  test('the log looks after them by itself', async () => {
    const folder = await filledFolder(50);
    vi.useFakeTimers();
    let maxAge = Infinity;
    const log = openSessionLog({ folder, clock, onFailure, retention: () => ({ maxAge, maxBytes: Infinity }) });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log.exchange('x0')).toBeDefined();
    // The policy has changed.
    maxAge = 1_000;
    await vi.advanceTimersByTimeAsync(120_000);
    expect(log.sessions()).toEqual([]);
    log.end();
    vi.useRealTimers();
    expect((await verifyLog(folder)).damage).toBeNull();
  });
});

describe('purge', () => {
  test('by age, session and id, and what belongs to nothing else goes too', async () => {
    const folder = await filledFolder(20);
    expect(countPurge(folder, { before: START + 5_000 })).toBe(5);
    expect(countPurge(folder, { before: START + 5_000, session: 's1' })).toBe(2);
    expect(countPurge(folder, { ids: ['x7', 'x8', 'none'] })).toBe(2);
    expect(ids(folder)).toHaveLength(20);
    expect(await purgeLog({ folder, clock }, { ids: ['x7', 'x8'] })).toBe(2);
    expect(await purgeLog({ folder, clock }, { session: 's0' })).toBe(9);
    expect(await purgeLog({ folder, clock }, { session: 's0' })).toBe(0);
    expect(ids(folder)).toEqual(['x1', 'x11', 'x13', 'x15', 'x17', 'x19', 'x3', 'x5', 'x9']);
    expect(openSessionReader({ folder, clock }).sessions()).toMatchObject([{ id: 's1', exchanges: 9 }]);
    const database = new DatabaseSync(logFile(folder), { readOnly: true });
    expect(database.prepare('SELECT count(*) AS n FROM process').get()?.['n']).toBe(9);
    expect(database.prepare('SELECT count(*) AS n FROM session_value').get()?.['n']).toBe(1);
    database.close();
    expect(await verifyLog(folder)).toMatchObject({ damage: null, exchanges: 9, purged: 11 });
    const kinds = [...openSessionReader({ folder, clock }).records()].map(({ record }) => record);
    expect(kinds.at(-1)).toMatchObject({ kind: 'purge', reason: 'person' });
  });

  test('nothing of the text is left in the file', async () => {
    const folder = await filledFolder(20);
    expect(readFileSync(logFile(folder)).includes('x3 sesame')).toBe(true);
    await purgeLog({ folder, clock }, { ids: ['x3'] });
    expect(readFileSync(logFile(folder)).includes('x3 sesame')).toBe(false);
    expect(readFileSync(logFile(folder)).includes('x4 sesame')).toBe(true);
  });

  test('beside a Scrim that records', async () => {
    const folder = join(temporaryFolder(), 'log');
    const log = openSessionLog({ folder, clock, onFailure });
    fill(log, 200);
    const purging = purgeLog({ folder, clock }, { session: 's0' });
    for (let i = 0; i < 50; i++) {
      log.open(openedRecord({ id: `new${i}`, session: 's1' }));
      await log.close(`new${i}`, closedRecord());
    }
    expect(await purging).toBe(100);
    log.end();
    expect(await verifyLog(folder)).toMatchObject({ damage: null, exchanges: 150, purged: 100 });
  });

  test('a session goes on after all of it was deleted', async () => {
    const folder = join(temporaryFolder(), 'log');
    const log = openSessionLog({ folder, clock, onFailure });
    fill(log, 2);
    await purgeLog({ folder, clock }, {});
    expect(log.sessions()).toEqual([]);
    log.open(openedRecord({ id: 'new', session: 's1' }));
    await log.close('new', closedRecord());
    expect(log.sessions()).toMatchObject([{ id: 's1', exchanges: 1, hosts: ['api.openai.com'] }]);
    log.end();
  });

  test('no log: nothing to delete, and none is made', async () => {
    const folder = join(temporaryFolder(), 'none');
    expect(await purgeLog({ folder, clock }, { session: 's1' })).toBe(0);
    expect(openSessionReader({ folder, clock }).sessions()).toEqual([]);
  });
});
