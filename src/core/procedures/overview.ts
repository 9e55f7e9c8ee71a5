// What came of a day, a week, a month.

import { join } from 'node:path';
import { clientCoverage } from '../overview-coverage.ts';
import { createOverviewCounts, sizeOfLog } from '../overview.ts';
import { commonOf, type CoreParts } from './parts.ts';
import { os } from './implementer.ts';

export function overviewProcedures({ options, places, log, policy, added }: CoreParts) {
  const folder = join(places.dataFolder, 'sessions');
  const counts = createOverviewCounts(folder);
  return {
    counts: os.overview.counts.handler(({ input }) => {
      // What was told so far, not only what a timer has written.
      log.flush();
      return counts.of(input.edges);
    }),
    latency: os.overview.latency.handler(() => added.summary()),
    coverage: os.overview.coverage.handler(() => clientCoverage(commonOf(options))),
    size: os.overview.size.handler(async () => {
      const { maxSize, retain } = policy().sessions;
      return { ...(await sizeOfLog(folder)), maxSize, retain };
    }),
  };
}
