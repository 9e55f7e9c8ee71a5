import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openSessionLog, openSessionReader } from '../../src/sessions/sessions.ts';
import { isDead } from '../../src/sessions/writers.ts';
import { closedRecord, openedRecord } from './records.ts';
import { temporaryFolder } from './temporary-folder.ts';

const clock = { now: () => Date.now() };
const onFailure = (error: Error) => {
  throw error;
};

test('no log reads as an empty one, and nothing is made', () => {
  const folder = join(temporaryFolder(), 'log');
  const reader = openSessionReader({ folder, clock });
  expect(reader.sessions()).toEqual([]);
  expect(reader.exchanges('s1')).toEqual([]);
  expect(reader.exchange('x1')).toBeUndefined();
  expect(reader.timeline('x1')).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

test('a reader works before, during and after a writer, and leaves nothing behind', async () => {
  const folder = join(temporaryFolder(), 'log');
  const reader = openSessionReader({ folder, clock });
  const log = openSessionLog({ folder, clock, onFailure });
  for (let i = 0; i < 300; i++) {
    log.open(openedRecord({ id: `x${i}` }));
    const closed = log.close(`x${i}`, closedRecord());
    const before = reader.sessions()[0]?.exchanges ?? 0;
    expect(before).toBe(i);
    await closed;
    expect(reader.sessions()[0]?.exchanges).toBe(i + 1);
  }
  log.end();
  expect(readdirSync(folder)).toEqual(['log.db']);
  expect(reader.exchanges('s1')).toHaveLength(300);
  expect(reader.exchange('x7')?.state).toBe('done');
  expect(readdirSync(folder)).toEqual(['log.db']);
});

test('a reader that is in the middle does not hold up the writer', async () => {
  const folder = join(temporaryFolder(), 'log');
  const log = openSessionLog({ folder, clock, onFailure });
  log.open(openedRecord({ id: 'first' }));
  await log.close('first', closedRecord());
  const slow = new DatabaseSync(join(folder, 'log.db'), { readOnly: true });
  slow.exec('BEGIN; SELECT * FROM exchange');
  for (let i = 0; i < 50; i++) {
    log.open(openedRecord({ id: `x${i}` }));
    await log.close(`x${i}`, closedRecord());
  }
  expect(slow.prepare('SELECT count(*) AS n FROM exchange').get()?.['n']).toBe(1);
  slow.close();
  expect(log.exchanges('s1')).toHaveLength(51);
  log.end();
});

test('which writers are dead', () => {
  const folder = join(temporaryFolder(), 'log');
  openSessionLog({ folder, clock, onFailure }).end();
  const kept = new DatabaseSync(join(folder, 'log.db'), { readOnly: true });
  const row = kept.prepare('SELECT * FROM writer').get() as unknown as Parameters<typeof isDead>[0];
  kept.close();
  const now = row.seen_at + 1_000;
  expect(isDead(row, now)).toBe(false);
  // The same number, another process: it was used again, as it always is in a container.
  if (process.platform === 'linux') expect(isDead({ ...row, started: 'boot:1' }, now)).toBe(true);
  expect(isDead({ ...row, pid: 2 ** 22 + 1 }, now)).toBe(true);
  // Another host on the same folder, and a system that does not tell start times: only silence tells.
  for (const parts of [{ host: 'another', pid: 2 ** 22 + 1 }, { started: '' }]) {
    expect(isDead({ ...row, ...parts }, now)).toBe(false);
    expect(isDead({ ...row, ...parts }, now + 3_600_000)).toBe(true);
  }
});
