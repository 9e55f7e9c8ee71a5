// Syslog messages (RFC 5424 §6) and their frames on a stream (RFC 6587 §3.4.1, RFC 5425 §4.3: octet counting).

import { isoTime, type Origin, type Severity } from './exported.ts';

/** "log audit" (RFC 5424 §6.2.1). */
const FACILITY = 13;

/** RFC 5424's levels: critical, error, warning, notice, informational. */
const levels: Record<Severity, number> = { critical: 2, high: 3, medium: 4, low: 5, none: 6 };

export interface SyslogContent {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly severity: Severity;
  /** What kind of message it is. */
  readonly id: string;
  readonly text: string;
}

export function syslogMessage({ at, severity, id, text }: SyslogContent, { machine, pid }: Origin): string {
  const priority = FACILITY * 8 + levels[severity];
  return `<${priority}>1 ${isoTime(at)} ${name(machine, 255)} scrim ${pid} ${name(id, 32)} - ${text}`;
}

/** Printable ASCII without spaces; "-" stands for nothing. */
function name(text: string, length: number): string {
  const clean = text.replace(/[^\x21-\x7e]/g, '').slice(0, length);
  return clean === '' ? '-' : clean;
}

export function framed(message: string): string {
  return `${Buffer.byteLength(message)} ${message}`;
}
