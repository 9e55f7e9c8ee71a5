// An exchange as an OpenTelemetry log record: names are those of the semantic conventions (HTTP, GenAI, process) where there
// is one, `scrim.` else. The masked texts stay here; they are in JSONL.

import type { LogRecord } from '@opentelemetry/api';
import { projectOf, rulesOf, severityOf, type ExportedExchange, type Severity } from './exported.ts';

/** INFO, INFO2, WARN, WARN3, ERROR. Written out: the enumeration would load the whole API. */
const severityNumbers = { none: 9, low: 10, medium: 13, high: 15, critical: 17 } as const satisfies Record<
  Severity,
  number
>;

/** As it is before JSON: enumerations are numbers. */
export function otlpRecord({
  record,
  proof,
}: ExportedExchange): Omit<LogRecord, 'severityNumber'> & { readonly severityNumber: number } {
  const { closed, request, identity } = record;
  const severity = severityOf(record);
  const [path, query] = record.path.split('?', 2);
  const attributes: Record<string, string | number | readonly string[] | null | undefined> = {
    'http.request.method': record.method,
    'http.response.status_code': closed?.status,
    'http.request.body.size': request?.bytes,
    'http.response.body.size': closed?.responseBytes,
    'url.scheme': record.scheme,
    'url.path': path,
    'url.query': query,
    'server.address': record.host,
    'server.port': record.port,
    'network.protocol.version': record.httpVersion,
    'user_agent.original': record.client,
    'error.type': closed?.failure,
    'session.id': record.session,
    'gen_ai.request.model': request?.model,
    'gen_ai.usage.input_tokens': closed?.usage?.input,
    'gen_ai.usage.output_tokens': closed?.usage?.output,
    'process.executable.name': identity?.program,
    'process.pid': identity?.pid,
    'user.name': identity?.user,
    'scrim.exchange': record.id,
    'scrim.state': record.state,
    'scrim.dialect': record.dialect,
    'scrim.via': record.via,
    'scrim.project': projectOf(record),
    'scrim.reason': closed?.reason,
    'scrim.findings': record.findings.length,
    'scrim.rules': rulesOf(record),
    'scrim.verdicts': record.verdicts.map(({ verdict, tool }) => `${verdict} ${tool}`),
    'scrim.notes': record.verdicts.flatMap(({ note }) => (note === null ? [] : [note as string])),
    'scrim.record': proof?.n,
    'scrim.hash': proof?.hash,
  };
  return {
    eventName: 'scrim.exchange',
    timestamp: nanoseconds(record.startedAt),
    observedTimestamp: nanoseconds(closed?.endedAt ?? record.startedAt),
    severityNumber: severityNumbers[severity],
    severityText: severity === 'none' ? 'info' : severity,
    body: `${record.method} ${record.host}${path ?? ''}: ${record.state}`,
    attributes: Object.fromEntries(
      Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined),
    ),
  };
}

/** Seconds and nanoseconds: a plain number would be taken for a time since the process began, if it is before that. */
function nanoseconds(time: number): [number, number] {
  const seconds = Math.floor(time / 1_000);
  return [seconds, Math.round((time - seconds * 1_000) * 1e6)];
}
