// What the overview asks: counts of a period, in a thread of their own, and the size of the log.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Overview } from '../contract/procedures/overview.ts';
import { CoreError } from './core-error.ts';

/** Beside this file: as the sources run, and in the bundle. */
const program = new URL(import.meta.url.endsWith('.ts') ? 'overview-worker.ts' : 'overview-worker.js', import.meta.url);

const limit = 20_000;

export interface OverviewCounts {
  /** @throws CoreError `refused` when it takes too long; an error of its own where the log cannot be read */
  of(edges: readonly number[]): Promise<Overview>;
}

/** One thread at a time: whoever asks the same meanwhile gets the same answer, others wait their turn. */
export function createOverviewCounts(folder: string): OverviewCounts {
  const asked = new Map<string, Promise<Overview>>();
  let turn: Promise<unknown> = Promise.resolve();
  return {
    of(edges) {
      const key = edges.join();
      let answer = asked.get(key);
      if (answer === undefined) {
        if (asked.size >= 4)
          return Promise.reject(new CoreError('refused', 'Scrim is still counting; try again in a moment.'));
        answer = turn.then(() => inThread(folder, edges)).finally(() => asked.delete(key));
        turn = answer.catch(() => undefined);
        asked.set(key, answer);
      }
      return answer;
    },
  };
}

function inThread(folder: string, edges: readonly number[]): Promise<Overview> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { workerData: { folder, edges }, execArgv: [], env: {} });
    const timer = setTimeout(() => {
      reject(new CoreError('refused', 'Counting took too long; choose a shorter period.'));
      void worker.terminate();
    }, limit);
    worker.unref();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new CoreError('refused', 'Counting ended early; try again.'));
    });
  });
}

/** Bytes on disk. */
export async function sizeOfLog(folder: string): Promise<{ log: number; index: number }> {
  const sizeOf = (file: string): Promise<number> =>
    stat(join(folder, file)).then(
      ({ size }) => size,
      () => 0,
    );
  const [log, logJournal, index, indexJournal] = await Promise.all(
    ['log.db', 'log.db-wal', 'search.db', 'search.db-wal'].map(sizeOf),
  );
  return { log: (log ?? 0) + (logJournal ?? 0), index: (index ?? 0) + (indexJournal ?? 0) };
}
