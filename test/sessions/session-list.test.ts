// The list of sessions: by day, a page at a time, standing still while it is read.

import { expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import { openForReading } from '../../src/sessions/database.ts';
import { exchangeIds, knownValues, sessionDays, sessionIds, sessionRows } from '../../src/sessions/session-list.ts';
import { verifyLog } from '../../src/sessions/verify.ts';
import { findingRecord, identityRecord, verdictRecord } from './records.ts';
import { now, openLog, tell } from './search-logs.ts';
import { temporaryFolder } from './temporary-folder.ts';

const day = 86_400_000;

function reading<T>(folder: string, read: (database: NonNullable<ReturnType<typeof openForReading>>) => T): T {
  using database = openForReading(folder);
  if (database === undefined) throw new Error('There is no log.');
  return read(database);
}

test('sessions by day, newest first; what went on after the list was taken is left out', async () => {
  const folder = temporaryFolder();
  const log = openLog(folder);
  for (const [i, ago] of [0, 0, 2, 9, 9, 9].entries())
    await tell(log, `x${i}`, { opened: { session: `s${i}` }, closed: { endedAt: now - ago * day - i } });
  const { days, total } = reading(folder, (database) => sessionDays(database, now));
  expect(days.map(({ count }) => count)).toEqual([2, 1, 3]);
  expect(total).toBe(6);
  const last = days[2]?.start ?? 0;
  const page = (offset: number, limit: number) =>
    reading(folder, (database) => sessionIds(database, { day: last, until: now, offset, limit }));
  expect(page(0, 2)).toEqual(['s3', 's4']);
  expect(page(2, 2)).toEqual(['s5']);

  await tell(log, 'x9', { opened: { session: 's3' }, closed: { endedAt: now + 5 } });
  expect(reading(folder, (database) => sessionDays(database, now)).total).toBe(5);
  log.end();
});

test('a row adds up what its exchanges were', async () => {
  const folder = temporaryFolder();
  const log = openLog(folder);
  const opened = { session: 's' };
  await tell(log, 'x1', {
    opened,
    identity: identityRecord(),
    findings: [findingRecord()],
    verdicts: [verdictRecord()],
  });
  await tell(log, 'x2', { opened, closed: { state: 'failed', failure: 'upstream-lost', usage: null } });
  await tell(log, 'x3', { opened, model: 'gpt-6', open: true });
  const row = reading(folder, (database) => sessionRows(database, now)('s'));
  expect(row).toMatchObject({
    ...{ program: 'claude', project: '/home/ada/tea', models: ['gpt-5', 'gpt-6'], hosts: ['api.openai.com'] },
    ...{ exchanges: 3, findings: 1, holds: 1, tokens: 33, open: 1, failed: 1, cut: 0, isPartial: false },
  });
  expect(reading(folder, (database) => exchangeIds(database, 's'))).toEqual(['x1', 'x2', 'x3']);
  expect(reading(folder, (database) => sessionRows(database, now)('none'))).toBeUndefined();
  log.end();
});

test('values that a search can name, those of risk rules among them', async () => {
  const folder = temporaryFolder();
  const log = openLog(folder);
  await tell(log, 'x1', { identity: identityRecord(), findings: [findingRecord()], verdicts: [verdictRecord()] });
  await tell(log, 'x2', { opened: { session: 's2', client: asMasked('codex/1') } });
  const values = reading(folder, (database) => knownValues(database, 10));
  expect(values).toMatchObject({
    rule: ['aws-access-key-id', 'git-force-push'],
    client: ['OpenAI/JS 6.49.0', 'codex/1'],
    tool: ['Bash'],
    program: ['claude'],
    repo: ['/home/ada/tea'],
  });
  expect(reading(folder, (database) => knownValues(database, 1))['client']).toHaveLength(1);
  log.end();
});

test('verifying in steps finds what it finds at once, and says how far it is', async () => {
  const folder = temporaryFolder();
  const log = openLog(folder);
  for (let i = 0; i < 25; i++) await tell(log, `x${i}`);
  log.end();
  const told: number[] = [];
  const inSteps = await verifyLog(folder, { step: 10, onProgress: (done) => told.push(done) });
  expect(inSteps).toEqual(await verifyLog(folder));
  expect(inSteps.damage).toBeNull();
  expect(told.slice(0, 2)).toEqual([10, 20]);
  expect(told.at(-1)).toBe(inSteps.records);
});
