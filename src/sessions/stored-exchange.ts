// An exchange put together from its rows, with statements that are prepared once.

import type { DatabaseSync } from 'node:sqlite';
import type { ExchangeRecord } from '../contract/records.ts';
import { joinChannels, unpackContent } from './content.ts';
import { EXCHANGE, toExchange, toFinding, toPieces, toVerdict } from './rows.ts';
import type { ExchangeRow, FindingRow, VerdictRow } from './rows.ts';

export interface StoredExchanges {
  /** The record of a row that `EXCHANGE` selected. Throws when the row does not hold together. */
  record(row: ExchangeRow, writerIsDead: boolean): ExchangeRecord;
  /** The row of an exchange, by its number. */
  row(seq: number): ExchangeRow | undefined;
  findings(seq: number): FindingRow[];
  verdicts(seq: number): VerdictRow[];
}

export function storedExchanges(database: DatabaseSync): StoredExchanges {
  const bySeq = database.prepare(`${EXCHANGE} WHERE e.seq = ?`);
  const pieces = database.prepare('SELECT pieces FROM piece WHERE exchange = ? ORDER BY seq');
  const findings = database.prepare('SELECT * FROM finding WHERE exchange = ? ORDER BY n');
  const verdicts = database.prepare('SELECT * FROM verdict WHERE exchange = ? ORDER BY n');
  return {
    row: (seq) => bySeq.get(seq) as unknown as ExchangeRow | undefined,
    findings: (seq) => findings.all(seq) as unknown as FindingRow[],
    verdicts: (seq) => verdicts.all(seq) as unknown as VerdictRow[],
    record(row, writerIsDead) {
      return {
        ...toExchange(row, writerIsDead),
        channels:
          row.channels === null || row.response === null || row.timing === null
            ? joinChannels(
                (pieces.all(row.seq) as unknown as { pieces: string }[]).flatMap((part) => toPieces(part.pieces)),
              )
            : unpackContent(row.channels, row.response, row.timing),
        findings: (findings.all(row.seq) as unknown as FindingRow[]).map(toFinding),
        verdicts: (verdicts.all(row.seq) as unknown as VerdictRow[]).map(toVerdict),
      };
    },
  };
}
