// The thread that indexes: `searchThread` starts it. Nothing here touches a stream or the thread that writes the log.

import { setTimeout as pause } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { openForWriting } from './database.ts';
import { isBusy } from './errors.ts';
import { indexBatch } from './search-indexer.ts';
import { openIndex } from './search-index.ts';

const { folder } = workerData as { folder: string };

const log = openForWriting(folder);
const index = openIndex(folder);
try {
  for (;;) {
    const begun = performance.now();
    let count: number;
    try {
      count = indexBatch(log, index);
    } catch (error) {
      // Another process is writing: this can wait.
      if (!isBusy(error)) throw error;
      count = 1;
    }
    if (count === 0) break;
    // Half of a core at most.
    await pause(performance.now() - begun);
  }
} finally {
  index.close();
  log.close();
}
