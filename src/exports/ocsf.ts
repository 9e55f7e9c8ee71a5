// Open Cybersecurity Schema Framework 1.7.0 (https://schema.ocsf.io/1.7.0/classes/api_activity): an exchange is API Activity
// (class 6003) under the profile Security Control, since a risk rule may have denied it. What the class has no place for goes
// to `unmapped`, the masked texts not at all: those are in JSONL.

import type { ExchangeRecord } from '../contract/records.ts';
import {
  isoTime,
  projectOf,
  severityOf,
  urlOf,
  waitOf,
  type ExportedExchange,
  type Origin,
  type Severity,
} from './exported.ts';

export const ocsfVersion = '1.7.0';

const API_ACTIVITY = 6003;

const severityIds: Record<Severity, number> = { none: 1, low: 2, medium: 3, high: 4, critical: 5 };

/** As an object for JSON. */
export function ocsfEvent({ record, proof }: ExportedExchange, origin: Origin): object {
  const { closed, identity } = record;
  const activity = activityOf(record.method);
  const end = closed === null ? record.startedAt : Math.max(closed.endedAt, record.startedAt);
  return {
    category_uid: 6,
    class_uid: API_ACTIVITY,
    activity_id: activity,
    ...(activity === 99 ? { activity_name: record.method } : {}),
    type_uid: API_ACTIVITY * 100 + activity,
    time: Math.trunc(record.startedAt),
    start_time: Math.trunc(record.startedAt),
    end_time: Math.trunc(end),
    duration: Math.round(end - record.startedAt),
    severity_id: severityIds[severityOf(record)],
    status_id: record.state === 'open' ? 0 : record.state === 'done' ? 1 : 2,
    ...(closed?.failure == null ? {} : { status_code: closed.failure }),
    ...(closed?.reason == null ? {} : { status_detail: closed.reason }),
    ...outcome(record),
    metadata: {
      version: ocsfVersion,
      profiles: ['security_control'],
      product: { name: 'Scrim', vendor_name: 'Scrim', version: origin.version },
      uid: record.id,
      correlation_uid: record.session,
      log_name: 'sessions',
      original_time: isoTime(record.startedAt),
      ...(proof === null ? {} : { sequence: proof.n }),
    },
    actor: {
      app_name: record.client === '' ? 'unknown' : record.client,
      ...(identity === null ? {} : { process: { name: identity.program, pid: identity.pid } }),
      ...(identity?.user == null ? {} : { user: { name: identity.user } }),
      session: { uid: record.session },
    },
    api: {
      operation: `${record.method} ${record.path.split('?')[0] ?? ''}`,
      service: { name: record.dialect },
      request: { uid: record.id },
      ...(closed?.status == null ? {} : { response: { code: closed.status, ...errorOf(record) } }),
    },
    src_endpoint: { hostname: origin.machine },
    dst_endpoint: { hostname: record.host, port: record.port, svc_name: record.dialect },
    http_request: {
      http_method: record.method,
      url: urlObject(record),
      user_agent: record.client,
      version: record.httpVersion,
      ...(record.request === null ? {} : { body_length: record.request.bytes }),
    },
    ...(closed?.status == null
      ? {}
      : {
          http_response: {
            code: closed.status,
            body_length: closed.responseBytes,
            ...(closed.headAfter === null ? {} : { latency: Math.round(closed.headAfter) }),
          },
        }),
    unmapped: {
      model: record.request?.model ?? null,
      input_tokens: closed?.usage?.input ?? null,
      output_tokens: closed?.usage?.output ?? null,
      via: record.via,
      project: projectOf(record),
      findings: record.findings,
      verdicts: record.verdicts.map((verdict) => ({
        verdict: verdict.verdict,
        by: verdict.by,
        kind: verdict.kind,
        tool: verdict.tool,
        action: verdict.action,
        rules: verdict.reasons.map(({ rule }) => rule),
        note: verdict.note,
        waited: waitOf(verdict),
      })),
      proof,
    },
  };
}

/** The verbs of the class; 99 is "other". */
function activityOf(method: string): number {
  if (method === 'POST') return 1;
  if (method === 'GET' || method === 'HEAD') return 2;
  if (method === 'PUT' || method === 'PATCH') return 3;
  return method === 'DELETE' ? 4 : 99;
}

/** Profile Security Control: 1 allowed, 2 denied; dispositions 1 allowed, 2 blocked, 8 approved, 15 detected, 27 error. */
function outcome({ verdicts, findings, closed }: ExchangeRecord): object {
  const is = (...kinds: readonly string[]): boolean => verdicts.some(({ verdict }) => kinds.includes(verdict));
  if (is('denied', 'lost') || closed?.failure === 'denied' || closed?.failure === 'unanswered')
    return { action_id: 2, disposition_id: 2, is_alert: true };
  if (closed?.failure != null) return { action_id: 0, disposition_id: 27, is_alert: false };
  if (is('would-ask', 'would-deny')) return { action_id: 1, disposition_id: 15, is_alert: true };
  if (is('allowed')) return { action_id: 1, disposition_id: 8, is_alert: true };
  return { action_id: 1, disposition_id: 1, is_alert: findings.length > 0 };
}

function errorOf({ closed }: ExchangeRecord): object {
  return closed?.failure == null ? {} : { error: closed.failure, error_message: closed.reason ?? '' };
}

function urlObject(record: ExchangeRecord): object {
  const query = record.path.split('?').slice(1).join('?');
  return {
    url_string: urlOf(record),
    scheme: record.scheme,
    hostname: record.host,
    port: record.port,
    path: record.path.split('?')[0] ?? '',
    ...(query === '' ? {} : { query_string: query }),
  };
}
