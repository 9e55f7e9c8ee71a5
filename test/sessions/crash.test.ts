import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openSessionLog, openSessionReader } from '../../src/sessions/sessions.ts';
import { verifyLog } from '../../src/sessions/verify.ts';
import { closedRecord, openedRecord } from './records.ts';
import { crashRound, kill, startWriter } from './crash-round.ts';
import { temporaryFolder } from './temporary-folder.ts';

const clock = { now: () => Date.now() };

// test/bench/log-crash.ts does the same two hundred times.
test('kill -9 loses no finished exchange, the unfinished ones are cut, and the chain holds', async () => {
  const folder = join(temporaryFolder(), 'log');
  for (let round = 0; round < 10; round++) {
    const { finished, problems } = await crashRound(folder, `${round}-`);
    expect(problems).toEqual([]);
    expect(finished).toBeGreaterThan(0);
  }
  const log = openSessionLog({ folder, clock, onFailure: () => undefined });
  expect(log.exchange('0-9')).toMatchObject({ state: 'cut', closed: null });
  log.end();
  expect(await verifyLog(folder)).toMatchObject({ damage: null, unproven: 0 });
});

test('two writers share a folder; only what the dead one left is cut', async () => {
  const folder = join(temporaryFolder(), 'log');
  const ours = openSessionLog({
    folder,
    clock,
    onFailure(error) {
      throw error;
    },
  });
  ours.open(openedRecord({ id: 'ours' }));
  const writer = await startWriter(folder, 'theirs-');
  ours.open(openedRecord({ id: 'also ours' }));
  await ours.close('also ours', closedRecord());
  const reader = openSessionReader({ folder, clock });
  // Its exchange is open, the process lives.
  expect(reader.exchange('theirs-9')?.state).toBe('open');
  await kill(writer);

  const third = openSessionLog({ folder, clock, onFailure: () => undefined });
  expect(third.exchange('ours')?.state).toBe('open');
  expect(third.exchange('theirs-9')?.state).toBe('cut');
  expect(third.sessions()[0]?.exchanges).toBeGreaterThan(2);
  third.end();
  await ours.close('ours', closedRecord());
  expect(reader.exchange('ours')?.state).toBe('done');
  ours.end();
});

test('several first starts at once', async () => {
  const folder = join(temporaryFolder(), 'log');
  const writers = await Promise.all(['a-', 'b-', 'c-', 'd-'].map((prefix) => startWriter(folder, prefix)));
  await Promise.all(writers.map(kill));
  const reader = openSessionReader({ folder, clock });
  const listed = reader.sessions().map(({ id }) => id);
  expect(listed.sort()).toEqual(['a-', 'b-', 'c-', 'd-']);
});
