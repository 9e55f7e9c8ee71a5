// The store refuses: the exchange's close says so, the alarm is raised once, and what was there is not harmed.

import { chmodSync, chownSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import type { SessionsError } from '../../src/sessions/errors.ts';
import { openSessionLog, openSessionReader } from '../../src/sessions/sessions.ts';
import { closedRecord, findingRecord, openedRecord } from './records.ts';
import { temporaryFolder } from './temporary-folder.ts';

const clock = { now: () => Date.now() };

function open(folder: string, maxBytes?: number) {
  const failures: SessionsError[] = [];
  const onFailure = (error: SessionsError) => failures.push(error);
  const log = openSessionLog({ folder, clock, onFailure, ...(maxBytes === undefined ? {} : { maxBytes }) });
  return { log, failures };
}

/** A log with one exchange, `kept`, closed again. */
async function filledFolder(): Promise<string> {
  const folder = join(temporaryFolder(), 'log');
  const { log } = open(folder);
  log.open(openedRecord({ id: 'kept' }));
  await log.close('kept', closedRecord());
  log.end();
  return folder;
}

const big = [{ at: 1, channel: asMasked('t'), text: asMasked('full '.repeat(200_000)) }];

describe('no room', () => {
  test('close rejects, later ones work once there is room for them', async () => {
    const { log, failures } = open(await filledFolder(), 400_000);
    log.open(openedRecord({ id: 'small' }));
    log.flush();
    log.open(openedRecord({ id: 'big' }));
    log.pieces('big', big);
    await expect(log.close('big', closedRecord())).rejects.toMatchObject({ code: 'cannot-record' });
    expect(failures).toHaveLength(1);
    expect(failures[0]?.message).toContain('free some disk space');
    await log.close('small', closedRecord());
    expect(log.exchange('kept')?.state).toBe('done');
    expect(log.exchange('big')).toBeUndefined();
    log.end();
  });

  test('an exchange that lost a part is never reported as recorded', async () => {
    const { log, failures } = open(await filledFolder(), 400_000);
    log.open(openedRecord());
    log.flush();
    log.pieces('x1', big);
    log.flush();
    expect(failures).toHaveLength(1);
    log.pieces('x1', [{ at: 2, channel: asMasked('t'), text: asMasked('more') }]);
    await expect(log.close('x1', closedRecord())).rejects.toMatchObject({ code: 'cannot-record' });
    expect(log.exchange('x1')).toMatchObject({ state: 'cut', closed: { failure: 'cannot-record' }, channels: [] });
    expect(failures).toHaveLength(1);
    log.end();
  });
});

describe('misuse and data that SQLite refuses', () => {
  test('do not take the neighbours with them', async () => {
    const { log, failures } = open(await filledFolder());
    log.open(openedRecord({ id: 'kept' }));
    log.open(openedRecord({ id: 'odd' }));
    log.findings('odd', [findingRecord({ start: 0.5 })]);
    log.open(openedRecord({ id: 'good' }));
    const ends = await Promise.allSettled(['kept', 'odd', 'good'].map((id) => log.close(id, closedRecord())));
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    expect(failures.map(({ code }) => code)).toEqual(['cannot-record', 'cannot-record']);
    expect(log.exchange('good')?.state).toBe('done');
    log.end();
  });

  test('an exchange that is not open, or open twice', async () => {
    const { log, failures } = open(await filledFolder());
    log.pieces('nobody', big);
    await expect(log.close('nobody', closedRecord())).rejects.toMatchObject({ code: 'unknown-exchange' });
    log.open(openedRecord());
    log.open(openedRecord());
    await log.close('x1', closedRecord());
    expect(failures.map(({ code }) => code)).toEqual(['unknown-exchange', 'cannot-record']);
    log.end();
  });
});

test('a log that another program holds locked', async () => {
  const folder = await filledFolder();
  const { log, failures } = open(folder);
  const other = new DatabaseSync(join(folder, 'log.db'));
  other.exec('BEGIN IMMEDIATE');
  log.open(openedRecord());
  await expect(log.close('x1', closedRecord())).rejects.toMatchObject({ code: 'cannot-record' });
  expect(failures[0]?.message).toContain('locked');
  other.exec('ROLLBACK');
  other.close();
  log.open(openedRecord({ id: 'x2' }));
  await log.close('x2', closedRecord());
  log.end();
});

describe('files that cannot be used', () => {
  const opening = (folder: string) => () => open(folder);
  const reading = (folder: string) => () => openSessionReader({ folder, clock }).sessions();

  test('a folder that cannot be made', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    expect(opening(join(file, 'log'))).toThrow(expect.objectContaining({ code: 'cannot-open' }));
  });

  test.skipIf(process.platform === 'win32')('files that may be read and not written', async () => {
    const folder = await filledFolder();
    const file = join(folder, 'log.db');
    chmodSync(file, 0o400);
    chmodSync(folder, 0o500);
    asSomebodyElseThanRoot([join(folder, '..'), folder, file], () => {
      expect(reading(folder)()).toHaveLength(1);
      expect(opening(folder)).toThrow(expect.objectContaining({ code: 'cannot-open' }));
    });
    chmodSync(folder, 0o700);
  });

  test('a damaged file is named with its remedy and left as it is', async () => {
    const folder = await filledFolder();
    const file = join(folder, 'log.db');
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 0, 4096);
    writeFileSync(file, bytes);
    for (const use of [opening(folder), reading(folder)]) {
      expect(use).toThrow(
        expect.objectContaining({ code: 'damaged', message: expect.stringContaining('.recover') as string }),
      );
    }
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('damage inside', async () => {
    const folder = await filledFolder();
    const file = join(folder, 'log.db');
    truncateSync(file, 3 * 4096);
    expect(opening(folder)).toThrow(expect.objectContaining({ code: 'damaged' }));
    expect(reading(folder)).toThrow(expect.objectContaining({ code: 'damaged' }));
  });

  test('a database of another program, and of a newer Scrim', async () => {
    const folder = await filledFolder();
    const database = new DatabaseSync(join(folder, 'log.db'));
    database.exec('PRAGMA user_version = 999');
    expect(opening(folder)).toThrow(expect.objectContaining({ code: 'newer-version' }));
    expect(reading(folder)).toThrow(expect.objectContaining({ code: 'newer-version' }));
    database.exec('PRAGMA application_id = 1');
    expect(opening(folder)).toThrow(expect.objectContaining({ code: 'damaged' }));
    database.close();
  });
});

/** Rights do not bind root, which tests in a container often are. */
function asSomebodyElseThanRoot(paths: readonly string[], run: () => void): void {
  const isRoot = process.getuid?.() === 0;
  const nobody = 65_534;
  if (isRoot) {
    for (const path of paths) chownSync(path, nobody, nobody);
    process.seteuid?.(nobody);
  }
  try {
    run();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}
