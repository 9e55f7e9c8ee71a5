// ArcSight Common Event Format, version 0 of the header. One event an exchange, and one for each block that a risk rule
// spoke about. Lengths are those of the format's dictionary; a line is bounded so that receivers do not cut it.

import type { ExchangeRecord, RecordedVerdict } from '../contract/records.ts';
import {
  projectOf,
  rulesOf,
  severityOf,
  shortened,
  urlOf,
  verdictSeverity,
  waitOf,
  type ExportedExchange,
  type Origin,
  type Severity,
} from './exported.ts';

/** rsyslog's default maximum is 8 KiB, header included. */
const MAX_LINE_BYTES = 7_168;

const severityNumbers: Record<Severity, number> = { none: 1, low: 3, medium: 5, high: 8, critical: 10 };

type Field = readonly [key: string, value: string | number | null | undefined, maxLength?: number];

/** The exchange's own event is the first. `maxBytes` of UTF-8 each. */
export function cefLines({ record, proof }: ExportedExchange, origin: Origin, maxBytes = MAX_LINE_BYTES): string[] {
  const common: readonly Field[] = [
    ['externalId', record.id, 128],
    ['dvchost', origin.machine, 100],
    ['dhost', record.host, 1023],
    ['dpt', record.port],
    ['app', record.scheme],
    ['cs1Label', 'session'],
    ['cs1', record.session, 4000],
    ['requestClientApplication', record.client, 1023],
    ['sproc', record.identity?.program, 1023],
    ['spid', record.identity?.pid],
    ['suser', record.identity?.user, 1023],
    ['cs2Label', 'model'],
    ['cs2', record.request?.model, 4000],
  ];
  const own = line(header(origin, 'exchange', `Model traffic ${record.state}`, severityOf(record)), maxBytes, [
    ['rt', whole(record.closed?.endedAt ?? record.startedAt)],
    ['start', whole(record.startedAt)],
    ['end', record.closed === null ? null : whole(record.closed.endedAt)],
    ['outcome', record.state],
    ...common,
    ...traffic(record),
    ['cs5Label', 'project'],
    ['cs5', projectOf(record), 4000],
    ['cs4Label', proof === null ? null : 'recordHash'],
    ['cs4', proof?.hash],
    ['cs3Label', 'rules'],
    ['cs3', rulesOf(record).join(' '), 4000],
    ['requestMethod', record.method, 1023],
    ['reason', record.closed?.failure === null ? null : record.closed?.failure, 1023],
    ['msg', record.closed?.reason, 1023],
    ['request', urlOf(record), 1023],
  ]);
  return [own, ...record.verdicts.map((verdict) => verdictLine(verdict, record, common, origin, maxBytes))];
}

function traffic({ closed, request, findings }: ExchangeRecord): Field[] {
  return [
    ['out', request?.bytes],
    ['in', closed?.responseBytes],
    ['cn1Label', 'httpStatus'],
    ['cn1', closed?.status],
    ['cn2Label', 'tokens'],
    ['cn2', closed?.usage == null ? null : (closed.usage.input ?? 0) + (closed.usage.output ?? 0)],
    ['cn3Label', 'findings'],
    ['cn3', findings.length],
  ];
}

function verdictLine(
  verdict: RecordedVerdict,
  record: ExchangeRecord,
  common: readonly Field[],
  origin: Origin,
  maxBytes: number,
): string {
  const title = `Risky ${verdict.kind} ${verdict.verdict}`;
  return line(header(origin, `verdict:${verdict.verdict}`, title, verdictSeverity(verdict)), maxBytes, [
    ['rt', whole(record.closed?.endedAt ?? record.startedAt)],
    ['act', verdict.verdict],
    ['outcome', verdict.verdict === 'denied' || verdict.verdict === 'lost' ? 'failure' : 'success'],
    ...common,
    ['cs3Label', 'rules'],
    ['cs3', verdict.reasons.map(({ rule }) => rule).join(' '), 4000],
    ['cs5Label', 'tool'],
    ['cs5', verdict.tool, 1023],
    ['cs4Label', 'answeredBy'],
    ['cs4', verdict.by],
    ['cn1Label', 'waitedMilliseconds'],
    ['cn1', waitOf(verdict)],
    ['reason', verdict.note, 1023],
    ['msg', verdict.reasons.map(({ reason }) => reason).join(' '), 1023],
    ['cs6Label', 'action'],
    ['cs6', verdict.action, 4000],
  ]);
}

function header({ version }: Origin, signature: string, name: string, severity: Severity): string {
  const parts = ['Scrim', 'Scrim', version, signature, name, String(severityNumbers[severity])];
  return ['CEF:0', ...parts.map(headerText)].join('|');
}

/** Fields in their order while there is room; a label never stands without its value. */
function line(head: string, maxBytes: number, fields: readonly Field[]): string {
  const parts: string[] = [];
  let room = maxBytes - Buffer.byteLength(head) - 1;
  let label = '';
  for (const [key, value, maxLength = Infinity] of fields) {
    if (value === null || value === undefined || value === '') {
      label = '';
      continue;
    }
    if (key.endsWith('Label')) {
      label = `${key}=${value} `;
      continue;
    }
    const whole = typeof value === 'number' ? String(value) : shortened(value, maxLength);
    const part = fitting(`${label}${key}=`, whole, room - 1);
    label = '';
    if (part === undefined) continue;
    parts.push(part);
    room -= Buffer.byteLength(part) + 1;
  }
  return `${head}|${parts.join(' ')}`;
}

/** Cut until it fits: half as long each time, which is rough but never cuts an escape. */
function fitting(before: string, value: string, room: number): string | undefined {
  for (let text = value; text.length > 0; text = shortened(text, Math.ceil(text.length / 2))) {
    const part = before + extensionText(text);
    if (Buffer.byteLength(part) <= room) return part;
    if (text.length < 16) return undefined;
  }
  return undefined;
}

/** Bars and backslashes are escaped, lines are not allowed. */
function headerText(text: string): string {
  return oneLine(text).replace(/[\\|]/g, '\\$&');
}

function extensionText(text: string): string {
  const escaped = text.replace(/[\\=]/g, '\\$&').replaceAll('\r', '\\r').replaceAll('\n', '\\n');
  return oneLine(escaped);
}

/** Control characters would end the line, or change what a terminal shows. */
function oneLine(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, ' ');
}

function whole(time: number): number {
  return Math.trunc(time);
}
