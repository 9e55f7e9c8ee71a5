// Keeps the index up to date in a thread of its own, which lives only while there is something to index.

import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { logFile } from './database.ts';

/** Beside this file: as the sources run, and in the bundle. */
const program = new URL(import.meta.url.endsWith('.ts') ? 'search-worker.ts' : 'search-worker.js', import.meta.url);

/** How long the log may grow before its new exchanges are indexed; until then a search reads them one by one. */
const EVERY_MS = 5_000;
/** After a failure: a disk that is full now may have room later. */
const AFTER_FAILURE_MS = 300_000;

export interface SearchThread {
  /** Says that something was recorded. Costs nothing. */
  recorded(): void;
  /** Ends the thread, between two batches or in one: a batch is all or nothing. */
  end(): Promise<void>;
}

/**
 * Starts by indexing what an earlier run left.
 * @param onFailure called once for each failure; search works without the index, and it is tried again
 */
export function startSearchThread(folder: string, onFailure: (error: Error) => void): SearchThread {
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;
  let hasNew = existsSync(logFile(folder));
  let isEnded = false;

  const later = (delay: number): void => {
    timer ??= setTimeout(index, delay).unref();
  };
  const index = (): void => {
    timer = undefined;
    if (worker !== undefined || !hasNew || isEnded) return;
    hasNew = false;
    let delay = EVERY_MS;
    worker = new Worker(program, { workerData: { folder }, execArgv: [], env: {} });
    worker.unref();
    worker.once('error', (error: Error) => {
      delay = AFTER_FAILURE_MS;
      hasNew = true;
      onFailure(error);
    });
    worker.once('exit', () => {
      worker = undefined;
      if (hasNew && !isEnded) later(delay);
    });
  };
  if (hasNew) later(1_000);

  return {
    recorded() {
      hasNew = true;
      if (worker === undefined) later(EVERY_MS);
    },
    async end() {
      isEnded = true;
      clearTimeout(timer);
      await worker?.terminate();
    },
  };
}
