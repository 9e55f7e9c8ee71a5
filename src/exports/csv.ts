// One row an exchange, without the texts (RFC 4180): for spreadsheets. The whole record is in JSONL.

import { isoTime, projectOf, rulesOf, severityOf, urlOf, waitOf, type ExportedExchange } from './exported.ts';

const columns: readonly (readonly [name: string, value: (exchange: ExportedExchange) => string | number | null])[] = [
  ['started', ({ record }) => isoTime(record.startedAt)],
  ['ended', ({ record }) => (record.closed === null ? null : isoTime(record.closed.endedAt))],
  ['exchange', ({ record }) => record.id],
  ['session', ({ record }) => record.session],
  ['state', ({ record }) => record.state],
  ['status', ({ record }) => record.closed?.status ?? null],
  ['failure', ({ record }) => record.closed?.failure ?? null],
  ['reason', ({ record }) => record.closed?.reason ?? null],
  ['method', ({ record }) => record.method],
  ['url', ({ record }) => urlOf(record)],
  ['via', ({ record }) => record.via],
  ['dialect', ({ record }) => record.dialect],
  ['client', ({ record }) => record.client],
  ['program', ({ record }) => record.identity?.program ?? null],
  ['pid', ({ record }) => record.identity?.pid ?? null],
  ['user', ({ record }) => record.identity?.user ?? null],
  ['project', ({ record }) => projectOf(record)],
  ['branch', ({ record }) => record.identity?.git?.branch ?? null],
  ['model', ({ record }) => record.request?.model ?? null],
  ['input_tokens', ({ record }) => record.closed?.usage?.input ?? null],
  ['output_tokens', ({ record }) => record.closed?.usage?.output ?? null],
  ['request_bytes', ({ record }) => record.request?.bytes ?? null],
  ['response_bytes', ({ record }) => record.closed?.responseBytes ?? null],
  ['severity', ({ record }) => severityOf(record)],
  ['findings', ({ record }) => record.findings.length],
  ['rules', ({ record }) => rulesOf(record).join(' ')],
  ['verdicts', ({ record }) => record.verdicts.map(({ verdict, tool }) => `${verdict} ${tool}`).join('; ')],
  ['answered_by', ({ record }) => record.verdicts.map(({ by }) => by).join('; ')],
  ['waited_ms', ({ record }) => record.verdicts.map((verdict) => waitOf(verdict) ?? '').join('; ')],
  ['notes', ({ record }) => record.verdicts.map(({ note }) => note ?? '').join('; ')],
  ['record', ({ proof }) => proof?.n ?? null],
  ['prev', ({ proof }) => proof?.prev ?? null],
  ['hash', ({ proof }) => proof?.hash ?? null],
];

export const csvHead = row(columns.map(([name]) => name));

export function csvRow(exchange: ExportedExchange): string {
  return row(columns.map(([, value]) => cell(value(exchange))));
}

function row(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}

/**
 * SECURITY: what spreadsheets take for a formula becomes text by a leading apostrophe
 * (https://owasp.org/www-community/attacks/CSV_Injection); a client chooses its own name, and a model its tools.
 */
function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u.test(value) ? `'${value}` : value;
  return /[",\r\n']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
