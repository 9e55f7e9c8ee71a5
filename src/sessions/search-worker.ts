// The thread that indexes: `searchThread` starts it. Nothing here touches a stream or the thread that writes the log.

import { setTimeout as pause } from 'node:timers/promises';
import { workerData } from 'node:worker_threads';
import { isBusy } from './errors.ts';
import { openIndexer } from './search-indexer.ts';

const { folder } = workerData as { folder: string };

{
  using indexer = openIndexer(folder);
  for (;;) {
    const begun = performance.now();
    let count: number;
    try {
      count = indexer.batch();
    } catch (error) {
      // Another process is writing: this can wait.
      if (!isBusy(error)) throw error;
      count = 1;
    }
    if (count === 0) break;
    // Half of a core at most.
    await pause(performance.now() - begun);
  }
}
