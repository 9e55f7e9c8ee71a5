// What `scrim sessions report` does: one pass over the period, and the proof of the whole log.

import { hostname } from 'node:os';
import { join } from 'node:path';
import { htmlReport } from '../exports/report/html.ts';
import { markdownReport } from '../exports/report/markdown.ts';
import type { Report, ReportProof } from '../exports/report/report.ts';
import { reportTotals } from '../exports/report/totals.ts';
import { verifyLog } from '../sessions/verify.ts';
import { CoreError } from './core-error.ts';
import { systemClock } from './home.ts';
import { openLog, placesOf, type Common } from './inspect.ts';
import { logPages } from './log-pages.ts';
import { readPeriod, type PeriodFlags } from './period.ts';
import { version } from './version.ts';

export interface ReportFlags extends PeriodFlags {
  readonly format?: string;
}

const formats = ['md', 'html', 'pdf'] as const;

/** The report's bytes. Throws CoreError `usage`. */
export async function makeReport(common: Common, flags: ReportFlags): Promise<string | Uint8Array> {
  const format = formats.find((each) => each === (flags.format ?? 'md'));
  if (format === undefined)
    throw new CoreError('usage', `Write --format as one of ${formats.join(', ')}, not "${flags.format ?? ''}".`);
  const report = await gather(common, flags);
  switch (format) {
    case 'md':
      return markdownReport(report);
    case 'html':
      return htmlReport(report);
    case 'pdf':
      // Large, and no other command needs it.
      return (await import('../exports/report/pdf.ts')).pdfReport(report);
  }
}

async function gather(common: Common, flags: PeriodFlags): Promise<Report> {
  const madeAt = systemClock.now();
  const { since, until } = readPeriod(flags, madeAt);
  const totals = reportTotals();
  const proof = await proofOf(common);
  try {
    for await (const page of logPages(openLog(common), { since, until })) for (const record of page) totals.add(record);
  } catch (error) {
    // A damaged log has a report too: that it is damaged.
    if (proof.damage === null) throw error;
  }
  return totals.report({
    about: {
      version,
      machine: hostname(),
      madeAt,
      since: flags.since === undefined ? null : since,
      until: Math.min(until, madeAt),
    },
    proof,
  });
}

async function proofOf(common: Common): Promise<ReportProof> {
  const { damage, records, exchanges, purged, unproven, head, anchors } = await verifyLog(
    join(placesOf(common).dataFolder, 'sessions'),
  );
  return {
    damage: damage === null ? null : { n: damage.n, exchange: damage.exchange, what: damage.what },
    records,
    exchanges,
    purged,
    unproven,
    head,
    signedAnchors: anchors.signed,
    keys: anchors.keys,
  };
}
