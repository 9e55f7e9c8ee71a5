import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openSessionLog, openSessionReader } from '../../src/sessions/sessions.ts';
import { closedRecord, openedRecord } from './records.ts';
import { temporaryFolder } from './temporary-folder.ts';

const clock = { now: () => Date.now() };
const writerProgram = fileURLToPath(new URL('writer-process.ts', import.meta.url));

interface Writer {
  readonly child: ChildProcess;
  /** Ids that the writer was told are recorded. */
  recorded(): string[];
}

async function startWriter(folder: string, prefix: string): Promise<Writer> {
  const child = spawn(process.execPath, [writerProgram, folder, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  await once(child.stdout, 'data');
  // The last line may be cut short by the kill; the id before its newline is what counts.
  return { child, recorded: () => printed.split('\n').slice(0, -1) };
}

async function kill({ child }: Writer): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

test('kill -9 loses no finished exchange, and the unfinished ones are marked as cut', async () => {
  const folder = join(temporaryFolder(), 'log');
  for (let round = 0; round < 6; round++) {
    const writer = await startWriter(folder, `${round}-`);
    await sleep(20 + Math.random() * 150);
    await kill(writer);

    // A reader sees it before any writer has come to mark it.
    const read = openSessionReader({ folder, clock }).exchanges(`${round}-`, 100_000);
    const byId = new Map(read.map((exchange) => [exchange.id, exchange]));
    const finished = writer.recorded();
    expect(finished.length).toBeGreaterThan(0);
    const missing = finished.filter((id) => {
      const exchange = byId.get(id);
      return exchange?.state !== 'done' || exchange.channels[0]?.text !== `${id}.` || exchange.findings.length !== 1;
    });
    expect(missing).toEqual([]);
    expect(new Set(read.map(({ state }) => state))).toEqual(new Set(['done', 'cut']));
  }
  const log = openSessionLog({ folder, clock, onFailure: () => undefined });
  expect(log.exchange('0-9')).toMatchObject({ state: 'cut', closed: null });
  log.end();
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
