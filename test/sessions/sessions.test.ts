import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { asMasked } from '../../src/base/text.ts';
import type { SessionsError } from '../../src/sessions/errors.ts';
import { openSessionLog, openSessionReader, type SessionLog } from '../../src/sessions/sessions.ts';
import { closedRecord, findingRecord, openedRecord, verdictRecord } from './records.ts';
import { temporaryFolder } from './temporary-folder.ts';

const clock = { now: () => Date.now() };
let folder: string;
let failures: SessionsError[];
let log: SessionLog;

beforeEach(() => {
  folder = join(temporaryFolder(), 'log');
  failures = [];
  log = openSessionLog({ folder, clock, onFailure: (error) => failures.push(error) });
});

afterEach(() => {
  log.end();
  expect(failures).toEqual([]);
});

describe('what is written is read back', () => {
  test('a whole exchange', async () => {
    const opened = openedRecord();
    const request = { model: asMasked('gpt-5'), body: asMasked('{"stream":true}'), truncated: false, bytes: 15 };
    const asked = findingRecord({ side: 'request', channel: asMasked('body') });
    const answered = findingRecord();
    const verdict = verdictRecord();
    log.open(opened);
    log.request('x1', request, [asked]);
    log.pieces('x1', [
      { at: 20, channel: asMasked('0.text'), text: asMasked('Hello ') },
      { at: 21, channel: asMasked('0.tool'), text: asMasked('{"a":') },
    ]);
    log.pieces('x1', [
      { at: 22, channel: asMasked('0.text'), text: asMasked('you') },
      { at: 23.5, channel: asMasked('0.tool'), text: asMasked('1}') },
    ]);
    log.findings('x1', [answered]);
    log.verdict('x1', verdict);
    await log.close('x1', closedRecord());

    expect(log.exchange('x1')).toEqual({
      ...opened,
      state: 'done',
      identity: null,
      request,
      closed: closedRecord(),
      channels: [
        { channel: '0.text', text: 'Hello you', offsets: [0, 6], times: [20, 22] },
        { channel: '0.tool', text: '{"a":1}', offsets: [0, 5], times: [21, 23.5] },
      ],
      findings: [asked, answered],
      verdicts: [verdict],
    });
    expect(log.timeline('x1').map(({ at }) => at)).toEqual([20, 21, 22, 23.5]);
    expect(log.exchange('x2')).toBeUndefined();
    expect(log.timeline('x2')).toEqual([]);
  });

  test('the same when each part is committed by itself', async () => {
    const request = { model: null, body: null, truncated: true, bytes: 1 };
    log.open(openedRecord());
    log.flush();
    expect(log.exchange('x1')).toMatchObject({ state: 'open', request: null, closed: null });
    log.request('x1', request, [findingRecord({ rule: 'first' })]);
    log.flush();
    for (const text of ['a', 'b', 'c']) {
      log.pieces('x1', [{ at: 1, channel: asMasked('t'), text: asMasked(text) }]);
      log.findings('x1', [findingRecord({ rule: text })]);
      log.flush();
    }
    const closed = closedRecord({
      state: 'failed',
      status: null,
      usage: null,
      failure: 'upstream-lost',
      reason: asMasked('gone'),
    });
    await log.close('x1', closed);
    const read = log.exchange('x1');
    expect(read).toMatchObject({ state: 'failed', request, closed, channels: [{ channel: 't', text: 'abc' }] });
    expect(read?.findings.map(({ rule }) => rule)).toEqual(['first', 'a', 'b', 'c']);
  });
});

describe('sessions', () => {
  test('are listed newest first, with their totals', async () => {
    for (const [id, session, host, model, at] of [
      ['1', 'early', 'a.example', 'm1', 1_000],
      ['2', 'late', 'a.example', 'm1', 2_000],
      ['3', 'early', 'b.example', 'm2', 1_500],
    ] as const) {
      log.open(openedRecord({ id, session, host: asMasked(host), startedAt: at }));
      if (id === '3') log.flush();
      log.request(id, { model: asMasked(model), body: null, truncated: false, bytes: 0 }, [findingRecord()]);
      await log.close(id, closedRecord({ endedAt: at + 10 }));
    }
    const late = { id: 'late', startedAt: 2_000, lastAt: 2_010, exchanges: 1, findings: 1, models: ['m1'] };
    const early = { id: 'early', startedAt: 1_000, lastAt: 1_510, exchanges: 2, findings: 2, models: ['m1', 'm2'] };
    expect(log.sessions()).toMatchObject([late, { ...early, hosts: ['a.example', 'b.example'] }]);
    expect(log.sessions({ limit: 1 })).toMatchObject([late]);
    expect(log.sessions({ since: 1_600 })).toMatchObject([late]);
    expect(log.exchanges('early').map(({ id }) => id)).toEqual(['1', '3']);
    expect(log.exchanges('early', 1).map(({ id }) => id)).toEqual(['3']);
    expect(log.exchanges('none')).toEqual([]);
  });
});

describe('when things are committed', () => {
  const elsewhere = () => openSessionReader({ folder, clock });

  test('an unfinished exchange within 100 ms or so', async () => {
    log.open(openedRecord());
    expect(elsewhere().exchange('x1')).toBeUndefined();
    await expect.poll(() => elsewhere().exchange('x1')?.state, { timeout: 1_000, interval: 20 }).toBe('open');
  });

  test('a finished one before its close resolves', async () => {
    log.open(openedRecord());
    const closed = log.close('x1', closedRecord());
    expect(elsewhere().exchange('x1')).toBeUndefined();
    await closed;
    expect(elsewhere().exchange('x1')?.state).toBe('done');
  });

  test('at once when more than 8 MB wait', () => {
    log.open(openedRecord());
    log.pieces('x1', [{ at: 1, channel: asMasked('t'), text: asMasked('y'.repeat(9 * 1024 * 1024)) }]);
    expect(elsewhere().exchange('x1')?.channels[0]?.text).toHaveLength(9 * 1024 * 1024);
  });

  test('everything at the end, and what is still open is marked as cut', async () => {
    log.open(openedRecord());
    log.open(openedRecord({ id: 'x2' }));
    const closed = log.close('x2', closedRecord());
    log.end();
    await closed;
    expect(elsewhere().exchange('x1')).toMatchObject({ state: 'cut', closed: null });
    expect(elsewhere().exchange('x2')?.state).toBe('done');
    log.end();
  });
});

test.skipIf(process.platform === 'win32')('only the owner may read any of the files', async () => {
  log.open(openedRecord());
  await log.close('x1', closedRecord());
  const rights = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect(readdirSync(folder).sort()).toEqual(['log.db', 'log.db-shm', 'log.db-wal']);
  for (const name of readdirSync(folder)) expect(rights(join(folder, name))).toBe('600');
  expect(rights(folder)).toBe('700');

  const wide = join(temporaryFolder(), 'wide');
  mkdirSync(wide);
  chmodSync(wide, 0o755);
  openSessionLog({ folder: wide, clock, onFailure: () => undefined }).end();
  expect(rights(wide)).toBe('700');
});
