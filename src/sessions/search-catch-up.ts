// Indexing by a command, where no running Scrim has done it: after an update, or when it was stopped early.

import { openForReading } from './database.ts';
import { openIndexForReading, unindexedOf } from './search-index.ts';
import { openIndexer } from './search-indexer.ts';

/** So many exchanges are read one by one as fast as indexed. */
const WORTH_INDEXING = 1_000;

/** Indexes for about so many milliseconds, when there is much to index. Never fails: a search works without. */
export function catchUp(folder: string, timeLimit: number): void {
  try {
    if (unindexed(folder) < WORTH_INDEXING) return;
    const until = performance.now() + timeLimit;
    using indexer = openIndexer(folder);
    while (indexer.batch() > 0 && performance.now() < until);
  } catch {
    // A folder that cannot be written, a full disk, a log that others hold: the search itself says what is in its way.
  }
}

function unindexed(folder: string): number {
  using log = openForReading(folder);
  if (log === undefined) return 0;
  using index = openIndexForReading(folder);
  return unindexedOf(index, log);
}
