// scrim sessions verify, scrim sessions purge.

import { purgeOwnLog, verifyExportedFile, verifyOwnLog, type PurgeFlags } from '../core/log-maintenance.ts';
import { common } from './inspect.ts';
import { printJson, printLine, tell, type GlobalOptions } from './output.ts';

/** 0 when all is as it was recorded, 1 when a record is damaged. */
export async function sessionsVerify(file: string | undefined, global: GlobalOptions): Promise<number> {
  const verified = file === undefined ? await verifyOwnLog(common(global)) : await verifyExportedFile(file);
  const { damage } = verified;
  if (global.json === true) printJson({ ok: damage === null, ...verified });
  else {
    printLine(
      `${verified.records} records of the chain hold, ${verified.exchanges} exchanges among them; the content of ${verified.purged} was deleted, and a record says so.`,
    );
    if ('missing' in verified && verified.missing > 0)
      printLine(`${verified.missing} records between the first and the last are not in this file.`);
    if (verified.unproven > 0)
      printLine(`${verified.unproven} exchanges have no proof, because they were recorded without.`);
    const { signed, keys, last } = verified.anchors;
    if (last !== null)
      printLine(
        `${signed} anchors are signed, by the key ${keys.join(', ')}; the last covers ${last.count} records, at ${new Date(last.at).toISOString()}.`,
      );
    if (verified.head !== null && damage === null) printLine(`The last record's hash is ${verified.head}.`);
  }
  if (damage === null) return 0;
  const where = 'line' in damage ? `line ${damage.line}` : `table ${damage.table}, row ${damage.row}`;
  const which = damage.n === null || damage.n === 0 ? 'A row' : `Record ${damage.n}`;
  const exchange = damage.exchange === null ? '' : `, exchange ${damage.exchange}`;
  tell(`${which} (${where}${exchange}) is damaged: ${damage.what}.`);
  return 1;
}

export async function sessionsPurge(flags: PurgeFlags, global: GlobalOptions): Promise<number> {
  const exchanges = await purgeOwnLog(common(global), flags);
  if (global.json === true) printJson({ purged: exchanges, dryRun: flags.dryRun === true });
  else if (flags.dryRun === true) printLine(`${exchanges} exchanges would be deleted.`);
  else printLine(`${exchanges} exchanges were deleted; the log keeps their hashes, and that they were deleted.`);
  return 0;
}
