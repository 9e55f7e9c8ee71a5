// How fast the session log takes exchanges: `node test/bench/log.ts [exchanges]`. Prints exchanges per second and microseconds each.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asMasked } from '../../src/base/text.ts';
import { openSessionLog, type SessionLog } from '../../src/sessions/sessions.ts';
import { closedRecord, openedRecord, findingRecord } from '../sessions/records.ts';

const total = Number(process.argv[2] ?? 40_000);

/** One exchange with a body, two findings and one piece of text, as a small JSON answer gives. */
function record(log: SessionLog, id: string, text: string): Promise<void> {
  log.open(openedRecord({ id, session: `s${id.slice(-1)}` }));
  log.request(id, { model: asMasked('gpt-5'), body: asMasked(text), truncated: false, bytes: text.length }, []);
  log.pieces(id, [{ at: 1.25, channel: asMasked('0.text'), text: asMasked(text) }]);
  log.findings(id, [findingRecord(), findingRecord()]);
  return log.close(id, closedRecord());
}

/** `atOnce` clients, each waiting for its commit before its next exchange. */
async function run(title: string, count: number, atOnce: number, textLength: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'scrim-bench-'));
  const log = openSessionLog({
    folder,
    clock: { now: () => Date.now() },
    onFailure(error) {
      throw error;
    },
  });
  const text = 'masked text. '.repeat(Math.ceil(textLength / 13)).slice(0, textLength);
  let next = 0;
  let longest = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const begun = performance.now();
      await record(log, `x${(next++).toString(36).padStart(8, '0')}`, text);
      longest = Math.max(longest, performance.now() - begun);
    }
  };
  const begun = performance.now();
  const cpuBefore = process.cpuUsage();
  await Promise.all(Array.from({ length: atOnce }, client));
  const took = performance.now() - begun;
  const cpu = process.cpuUsage(cpuBefore);
  const perExchange = ((took * 1000) / count).toFixed(1);
  const cpuEach = ((cpu.user + cpu.system) / count).toFixed(1);
  log.end();
  const bytes = statSync(join(folder, 'log.db')).size / count;
  console.log(
    `${title.padEnd(34)} ${Math.round((count * 1000) / took)
      .toString()
      .padStart(7)} exchanges/s  ${perExchange.padStart(6)} µs each` +
      `  cpu ${cpuEach} µs  longest ${longest.toFixed(1)} ms  ${bytes.toFixed(0)} bytes each`,
  );
  rmSync(folder, { recursive: true });
}

/** A stream of `events` deltas: what the recording of one costs. */
async function stream(events: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'scrim-bench-'));
  const log = openSessionLog({ folder, clock: { now: () => Date.now() }, onFailure: () => undefined });
  log.open(openedRecord({ id: 'stream' }));
  const begun = performance.now();
  for (let i = 0; i < events; i++) {
    log.pieces('stream', [{ at: i, channel: asMasked('0.text'), text: asMasked('some words ') }]);
    if (i % 100 === 0) await new Promise(setImmediate);
  }
  await log.close('stream', closedRecord());
  console.log(`a stream of ${events} deltas: ${(((performance.now() - begun) * 1000) / events).toFixed(2)} µs each`);
  log.end();
  rmSync(folder, { recursive: true });
}

await run('warm-up', Math.ceil(total / 4), 64, 40);
await run('tiny, 64 at once', total, 64, 40);
await run('tiny, 16 at once', total, 16, 40);
await run('tiny, one after the other', Math.ceil(total / 4), 1, 40);
await run('2 KB request and answer, 64', total, 64, 2_048);
await stream(20_000);
