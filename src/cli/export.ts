// Commands that hand the log on: export and report.

import { once } from 'node:events';
import { exportSessions, type ExportFlags } from '../core/export.ts';
import { makeReport, type ReportFlags } from '../core/report.ts';
import { common } from './inspect.ts';
import { printJson, tell, type GlobalOptions } from './output.ts';

export async function sessionsExport(flags: ExportFlags, global: GlobalOptions): Promise<number> {
  const ending = new AbortController();
  const stop = (): void => ending.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    const sent = await exportSessions(common(global), flags, { write: writeOut, tell, signal: ending.signal });
    if (sent === null) return 0;
    if (global.json === true) printJson({ sent });
    else tell(`${sent} ${sent === 1 ? 'message' : 'messages'} sent to ${flags.to ?? 'the receiver'}.`);
    return 0;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

export async function sessionsReport(flags: ReportFlags, global: GlobalOptions): Promise<number> {
  await writeOut(await makeReport(common(global), flags));
  return 0;
}

async function writeOut(text: string | Uint8Array): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
