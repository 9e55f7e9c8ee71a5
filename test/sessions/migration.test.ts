// A log that an older Scrim wrote is brought up to date by whoever opens it, and nothing of it is lost.

import { describe, expect, test } from 'vitest';
import { schemaVersion } from '../../src/sessions/schema.ts';
import { openSessionLog, openSessionReader } from '../../src/sessions/sessions.ts';
import { writeOldLog } from './old-log.ts';
import { closedRecord, openedRecord, verdictRecord } from './records.ts';
import { temporaryFolder } from './temporary-folder.ts';

const clock = { now: () => 1_790_000_000_000 };
const failed = (error: Error): void => {
  throw error;
};

describe.each([1, 2].filter((version) => version < schemaVersion))('version %i', (version) => {
  test('is read', () => {
    const folder = temporaryFolder();
    writeOldLog(folder, version);
    const reader = openSessionReader({ folder, clock });
    expect(reader.exchange('done')).toMatchObject({
      state: 'done',
      request: { body: 'body', model: 'm1' },
      closed: { endedAt: 2_000, usage: { input: 1, output: 2 } },
      channels: [
        { channel: 't', text: 'Hello', offsets: [0, 3], times: [10.5, 20] },
        { channel: 'u', text: 'x', offsets: [0], times: [11] },
      ],
      findings: [{ rule: 'r', start: 0, end: 3 }],
      identity: null,
    });
    expect(reader.exchange('done')?.verdicts).toHaveLength(version < 2 ? 0 : 1);
    expect(reader.exchange('cut')).toMatchObject({ state: 'cut', closed: null, channels: [{ text: 'half' }] });
    expect(reader.sessions()).toMatchObject([{ id: 's1', exchanges: 2 }]);
  });

  test('is written on', async () => {
    const folder = temporaryFolder();
    writeOldLog(folder, version);
    const log = openSessionLog({ folder, clock, onFailure: failed });
    log.open(openedRecord({ id: 'new', session: 's1' }));
    log.verdict('new', verdictRecord());
    await log.close('new', closedRecord());
    expect(log.exchanges('s1').map(({ id }) => id)).toEqual(['done', 'cut', 'new']);
    expect(log.exchange('new')?.verdicts).toEqual([verdictRecord()]);
    // The chain says from where on it proves.
    const [start, gap, exchange] = [...log.records()].map(({ record }) => record);
    expect(start).toMatchObject({ kind: 'start', before: 2 });
    expect(gap).toMatchObject({ kind: 'gap', from: 3_000, reason: 'off' });
    expect(exchange).toMatchObject({ kind: 'exchange', id: 'new' });
    log.end();
  });
});
