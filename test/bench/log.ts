// How fast the session log is: `node test/bench/log.ts [exchanges]`; with `--million` also at a million exchanges of 2 KB (three
// gigabytes of disk, some minutes). CPU times say more than rates on a machine that others use too.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { asMasked } from '../../src/base/text.ts';
import { packContent } from '../../src/sessions/content.ts';
import { openSessionLog, openSessionReader, type SessionLog } from '../../src/sessions/sessions.ts';
import { verifyLog } from '../../src/sessions/verify.ts';
import { closedRecord, openedRecord, findingRecord } from '../sessions/records.ts';

const clock = { now: () => Date.now() };
const total = Number(process.argv.slice(2).find((word) => !word.startsWith('-')) ?? 40_000);

/** One exchange with a body and one piece of text, as a small JSON answer gives. */
function record(log: SessionLog, id: string, session: string, text: string, findings: number): Promise<void> {
  log.open(openedRecord({ id, session }));
  log.request(id, { model: asMasked('gpt-5'), body: asMasked(text), truncated: false, bytes: text.length }, []);
  log.pieces(id, [{ at: 1.25, channel: asMasked('0.text'), text: asMasked(text) }]);
  if (findings > 0) log.findings(id, Array(findings).fill(findingRecord()));
  return log.close(id, closedRecord());
}

function rate(count: number, took: number, unit: string): string {
  return `${Math.round((count * 1000) / took)
    .toString()
    .padStart(7)} ${unit}/s`;
}

function cpuMicroseconds(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return user + system;
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'scrim-bench-'));
}

function openLog(folder: string): SessionLog {
  return openSessionLog({
    folder,
    clock,
    onFailure(error) {
      throw error;
    },
  });
}

/** `atOnce` clients, each waiting for its commit before its next exchange. @returns the folder */
async function run(title: string, count: number, atOnce: number, textLength: number, findings = 2): Promise<string> {
  const folder = newFolder();
  const log = openLog(folder);
  const text = 'masked text. '.repeat(Math.ceil(textLength / 13)).slice(0, textLength);
  let next = 0;
  let longest = 0;
  const client = async (): Promise<void> => {
    while (next < count) {
      const begun = performance.now();
      const i = next++;
      await record(log, `x${i.toString(36).padStart(8, '0')}`, `s${Math.floor(i / 200)}`, text, findings);
      longest = Math.max(longest, performance.now() - begun);
    }
  };
  const begun = performance.now();
  const cpuBefore = process.cpuUsage();
  await Promise.all(Array.from({ length: atOnce }, client));
  const took = performance.now() - begun;
  const cpu = (cpuMicroseconds(cpuBefore) / count).toFixed(1);
  log.end();
  const bytes = statSync(join(folder, 'log.db')).size / count;
  const ratio = (bytes / (2 * textLength)).toFixed(2);
  console.log(
    `${title.padEnd(34)} ${rate(count, took, 'exchanges')}  cpu ${cpu} µs each  longest ${longest.toFixed(1)} ms  ${bytes.toFixed(0)} bytes each (${ratio} × the text)`,
  );
  return folder;
}

/** A stream of `events` deltas: what the recording of one costs, and what its timing takes on disk. */
async function stream(events: number): Promise<void> {
  const folder = newFolder();
  const log = openLog(folder);
  log.open(openedRecord({ id: 'stream' }));
  const begun = process.cpuUsage();
  const pieces = Array.from({ length: events }, (_, i) => ({
    at: i * 23.4,
    channel: asMasked('0.text'),
    text: asMasked(i % 3 === 0 ? ' the' : ' words'),
  }));
  for (const [i, piece] of pieces.entries()) {
    log.pieces('stream', [piece]);
    if (i % 100 === 0) await new Promise(setImmediate);
  }
  await log.close('stream', closedRecord());
  console.log(`a stream of ${events} deltas: cpu ${(cpuMicroseconds(begun) / events).toFixed(2)} µs each`);
  log.end();
  rmSync(folder, { recursive: true });

  const text = pieces.reduce((sum, piece) => sum + piece.text.length, 0);
  const { channels, response, timing } = packContent(pieces);
  const asRows = JSON.stringify(pieces.map((piece) => [piece.at, piece.channel, piece.text])).length;
  const asLists =
    JSON.stringify(pieces.map((piece) => piece.text.length)).length +
    JSON.stringify(pieces.map((piece) => Math.round(piece.at))).length +
    text;
  const packed = channels.length + response.length + timing.length;
  console.log(
    `  its text and timing: ${(packed / text).toFixed(2)} × the text; as lists in JSON ${(asLists / text).toFixed(2)}, as [[ms, channel, text], …] ${(asRows / text).toFixed(2)}`,
  );
}

async function verify(folder: string): Promise<void> {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const { damage, records } = await verifyLog(folder);
  const took = performance.now() - begun;
  console.log(
    `verify ${records} records: ${rate(records, took, 'records')}, cpu ${(cpuMicroseconds(cpu) / records).toFixed(1)} µs each${damage === null ? '' : `, DAMAGED: ${damage.what}`}`,
  );
}

function percentile(title: string, times: number, act: () => unknown): void {
  const taken = Array.from({ length: times }, () => {
    const begun = performance.now();
    act();
    return performance.now() - begun;
  }).sort((a, b) => a - b);
  console.log(`${title.padEnd(34)} p50 ${at(taken, 0.5)} ms, p95 ${at(taken, 0.95)} ms`);
}

function at(sorted: readonly number[], part: number): string {
  return (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(2);
}

function say(): void {
  console.log(`load ${(loadavg()[0] ?? 0).toFixed(1)} on ${availableParallelism()} cores`);
}

say();
rmSync(await run('warm-up', Math.ceil(total / 4), 64, 40), { recursive: true });
rmSync(await run('tiny, 64 at once', total, 64, 40), { recursive: true });
rmSync(await run('tiny, 16 at once', total, 16, 40), { recursive: true });
rmSync(await run('tiny, one after the other', Math.ceil(total / 4), 1, 40), { recursive: true });
rmSync(await run('2 KB request and answer, 64', total, 64, 2_048), { recursive: true });
await stream(20_000);
const folder = await run('1 KB request and answer, 64', total, 64, 1_024, 0);
await verify(folder);
rmSync(folder, { recursive: true });

if (process.argv.includes('--million')) {
  const large = await run('a million of 2 KB', 1_000_000, 64, 1_024, 0);
  const reader = openSessionReader({ folder: large, clock });
  percentile('list, 50 sessions', 100, () => reader.sessions());
  let i = 0;
  percentile('one exchange', 200, () =>
    reader.exchange(`x${((i += 4_999) % 1_000_000).toString(36).padStart(8, '0')}`),
  );
  percentile('a session of 200 exchanges', 100, () => reader.exchanges(`s${(i += 37) % 5_000}`));
  await verify(large);
  rmSync(large, { recursive: true });
}
say();
