// A log that an older Scrim wrote is read as it is, and brought up to date by the next one that writes.

import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openSessionLog, openSessionReader } from '../../src/sessions/sessions.ts';
import { logFile } from '../../src/sessions/database.ts';
import { closedRecord, openedRecord, verdictRecord } from './records.ts';
import { temporaryFolder } from './temporary-folder.ts';

const clock = { now: () => 1_790_000_000_000 };
const failed = (error: Error): void => {
  throw error;
};

test('version 1: without verdicts', async () => {
  const folder = temporaryFolder();
  const first = openSessionLog({ folder, clock, onFailure: failed });
  first.open(openedRecord());
  await first.close('x1', closedRecord());
  first.end();
  const old = new DatabaseSync(logFile(folder));
  old.exec('DROP TABLE verdict; PRAGMA user_version = 1');
  old.close();

  expect(openSessionReader({ folder, clock }).exchange('x1')).toMatchObject({ state: 'done', verdicts: [] });

  const second = openSessionLog({ folder, clock, onFailure: failed });
  second.open(openedRecord({ id: 'x2' }));
  second.verdict('x2', verdictRecord());
  await second.close('x2', closedRecord());
  expect(second.exchange('x1')).toMatchObject({ state: 'done', verdicts: [] });
  expect(second.exchange('x2')?.verdicts).toEqual([verdictRecord()]);
  second.end();
});
