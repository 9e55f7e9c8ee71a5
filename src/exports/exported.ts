// What every format and receiver is given: a record of the log, which is masked text, and nothing else.

import type { MaskedText } from '../base/text.ts';
import type { ChainedRecord, ExchangeRecord, LogRecord, RecordedVerdict } from '../contract/records.ts';

/** A record's place in the log's chain of hashes; docs/log.md. */
export type ExportedProof = Omit<ChainedRecord, 'record'>;

export interface Exported {
  /** Null: its content was purged, its place in the chain is left. */
  readonly record: LogRecord | null;
  /** Null: it has no place in the chain (yet). */
  readonly proof: ExportedProof | null;
}

export interface ExportedExchange {
  readonly record: ExchangeRecord;
  readonly proof: ExportedProof | null;
}

/** Undefined for the log's other records: most formats know exchanges only. */
export function exchangeOf({ record, proof }: Exported): ExportedExchange | undefined {
  return record?.kind === 'exchange' ? { record, proof } : undefined;
}

/** Who exports: told to receivers that want to know. */
export interface Origin {
  /** Scrim's version. */
  readonly version: string;
  /** Name of this machine. */
  readonly machine: string;
  readonly pid: number;
}

export type Severity = 'none' | 'low' | 'medium' | 'high' | 'critical';

const severities: readonly string[] = ['none', 'low', 'medium', 'high', 'critical'] satisfies Severity[];

/** The highest of its findings and of what risk rules said of it. */
export function severityOf({ findings, verdicts }: ExchangeRecord): Severity {
  const all = [...findings, ...verdicts.flatMap(({ reasons }) => reasons)];
  return all.reduce<Severity>((highest, { severity }) => higher(highest, severity), 'none');
}

export function verdictSeverity({ reasons }: RecordedVerdict): Severity {
  return reasons.reduce<Severity>((highest, { severity }) => higher(highest, severity), 'none');
}

function higher(a: Severity, b: string): Severity {
  return severities.indexOf(b) > severities.indexOf(a) ? (b as Severity) : a;
}

/** What groups the work of a person: the repository as others know it, else its folder, else the program's. */
export function projectOf({ identity }: ExchangeRecord): MaskedText | null {
  return identity?.git?.remote ?? identity?.git?.root ?? identity?.folder ?? null;
}

/** Milliseconds; null where nobody was asked. */
export function waitOf({ askedAt, answeredAt }: RecordedVerdict): number | null {
  return askedAt === undefined || answeredAt === undefined ? null : Math.max(0, answeredAt - askedAt);
}

export function rulesOf({ findings, verdicts }: ExchangeRecord): string[] {
  return [...new Set([...findings, ...verdicts.flatMap(({ reasons }) => reasons)].map(({ rule }) => rule))];
}

/** As a URL that parses: what is not allowed in one is percent-encoded (RFC 3986 §2). */
export function urlOf({ scheme, host, port, path }: ExchangeRecord): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const usual = port === (scheme === 'https' ? 443 : 80);
  const text = `${scheme}://${name}${usual ? '' : `:${port}`}${path.startsWith('/') ? '' : '/'}${path}`;
  return text.toWellFormed().replace(/[^\w\-.~:/?#[\]@!$&'()*+,;=%]|%(?![0-9A-Fa-f]{2})/gu, encodeURIComponent);
}

/** ISO 8601 in UTC. The log's times may have fractions of milliseconds, and damage may give what no calendar has. */
export function isoTime(time: number): string {
  return new Date(Number.isFinite(time) ? Math.min(Math.max(time, 0), 8.64e15) : 0).toISOString();
}

/** At most `limit` characters, never half of one. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
