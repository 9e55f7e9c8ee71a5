// Kills a process that writes the log as fast as it can, at a random moment, and looks at what is left.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openSessionReader } from '../../src/sessions/sessions.ts';
import { verifyLog } from '../../src/sessions/verify.ts';

const writerProgram = fileURLToPath(new URL('writer-process.ts', import.meta.url));

export interface Writer {
  readonly child: ChildProcess;
  /** Ids that the writer was told are recorded. */
  recorded(): string[];
}

export async function startWriter(folder: string, prefix: string): Promise<Writer> {
  const child = spawn(process.execPath, [writerProgram, folder, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
  await once(child.stdout, 'data');
  // The last line may be cut short by the kill; the id before its newline is what counts.
  return { child, recorded: () => printed.split('\n').slice(0, -1) };
}

export async function kill({ child }: Writer): Promise<void> {
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

/** @returns how many exchanges had ended, and what of them is not as it must be */
export async function crashRound(folder: string, prefix: string): Promise<{ finished: number; problems: string[] }> {
  const writer = await startWriter(folder, prefix);
  await sleep(Math.random() * 150);
  await kill(writer);

  // A reader sees it before any writer has come to mark it.
  const read = openSessionReader({ folder, clock: { now: () => Date.now() } }).exchanges(prefix, 100_000);
  const byId = new Map(read.map((exchange) => [exchange.id, exchange]));
  const finished = writer.recorded();
  const problems: string[] = [];
  for (const id of finished) {
    const exchange = byId.get(id);
    if (exchange?.state !== 'done' || exchange.channels[0]?.text !== `${id}.` || exchange.findings.length !== 1)
      problems.push(`${id} was reported as recorded, and is ${exchange?.state ?? 'not there'}`);
  }
  for (const { id, state } of read) if (state !== 'done' && state !== 'cut') problems.push(`${id} is ${state}`);
  const { damage } = await verifyLog(folder);
  if (damage !== null) problems.push(`record ${damage.n}: ${damage.what}`);
  return { finished: finished.length, problems };
}
