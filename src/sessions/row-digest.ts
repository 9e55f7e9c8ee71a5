// The digest of an exchange straight from its rows: the same bytes as `canonical` of its record, without sorting keys a
// hundred thousand times a second. Also says whether the rows are spelled as Scrim spells them, so that no byte of a row
// can change and leave the record as it was.

import { unpackContent } from './content.ts';
import { sha256, sorted } from './proof.ts';
import {
  toCalls,
  toFacts,
  toFinding,
  toHeaders,
  toHeld,
  toVerdict,
  type ExchangeRow,
  type FindingRow,
  type VerdictRow,
} from './rows.ts';
import { fromColumn, toColumn } from './text-column.ts';
import type { RecordedIdentity } from '../contract/records.ts';

/** Digest of an exchange that has ended. Throws when its rows do not hold together. Members stand in sorted order here. */
export function rowDigest(
  row: ExchangeRow,
  findings: readonly FindingRow[],
  verdicts: readonly VerdictRow[],
): Uint8Array {
  return sha256(
    JSON.stringify({
      channels: channelsOf(row),
      client: text(row.client),
      closed: closedOf(row),
      dialect: text(row.dialect),
      findings: findings.length === 0 ? undefined : findings.map(findingOf),
      headers: row.request_headers === null ? undefined : toHeaders(row.request_headers),
      host: text(row.host),
      httpVersion: text(row.http_version),
      id: text(row.id),
      identity: row.facts === null ? undefined : identityOf(row.facts),
      kind: 'exchange',
      method: text(row.method),
      path: text(row.path),
      policy: row.policy ?? undefined,
      port: row.port,
      request: requestOf(row),
      scheme: row.scheme,
      session: text(row.session),
      startedAt: row.started_at,
      state: row.state,
      verdicts: verdicts.length === 0 ? undefined : verdicts.map((verdict) => sorted(toVerdict(verdict))),
      via: row.via,
    }),
  );
}

function channelsOf(row: ExchangeRow): object[] | undefined {
  const { channels, response, timing } = row;
  if (channels === null && response === null && timing === null) return undefined;
  if (channels === null || response === null || timing === null) throw new Error('A part of the response is missing.');
  return unpackContent(channels, response, timing).map((each) => ({
    channel: each.channel,
    offsets: each.offsets.length === 0 ? undefined : each.offsets,
    text: each.text,
    times: each.times.length === 0 ? undefined : each.times,
  }));
}

function closedOf(row: ExchangeRow): object | undefined {
  if (row.ended_at === null) return undefined;
  return {
    calls: row.calls === null ? undefined : toCalls(row.calls),
    endedAt: row.ended_at,
    failure: row.failure ?? undefined,
    firstByteAfter: row.first_byte_after ?? undefined,
    headAfter: row.head_after ?? undefined,
    headers: row.response_headers === null ? undefined : toHeaders(row.response_headers),
    reason: row.reason === null ? undefined : text(row.reason),
    responseBytes: row.response_bytes ?? 0,
    state: row.state,
    status: row.status ?? undefined,
    usage:
      row.input_tokens === null && row.output_tokens === null
        ? undefined
        : { input: row.input_tokens ?? undefined, output: row.output_tokens ?? undefined },
  };
}

function requestOf(row: ExchangeRow): object | undefined {
  if (row.request_bytes === null) return undefined;
  return {
    body: row.request_body === null ? undefined : text(row.request_body),
    bytes: row.request_bytes,
    model: row.model === null ? undefined : text(row.model),
    truncated: row.request_truncated === 1,
  };
}

function findingOf(row: FindingRow): object {
  const { certainty, channel, end, fingerprint, kind, rule, severity, side, start } = toFinding(row);
  return { certainty, channel, end, fingerprint, kind, rule, severity, side, start };
}

function identityOf(facts: string): unknown {
  return sorted(JSON.parse(facts));
}

const MARK = '\u0001';

function text(stored: string): string {
  return stored.startsWith(MARK) ? fromColumn(stored) : stored;
}

/** Whether each column is spelled as Scrim writes what it holds, and none holds what the record does not tell. */
export function isSpelledRight(
  row: ExchangeRow & { readonly exchange: number | null },
  findings: readonly FindingRow[],
  verdicts: readonly VerdictRow[],
): boolean {
  return (
    row.writer === 0 &&
    row.exchange === row.seq &&
    (row.process === null) === (row.facts === null) &&
    (row.facts === null || toFacts(JSON.parse(row.facts) as RecordedIdentity) === row.facts) &&
    (row.ended_at !== null || endColumns.every((name) => row[name] === null)) &&
    (row.request_bytes !== null || requestColumns.every((name) => row[name] === null)) &&
    [null, 0, 1].includes(row.request_truncated) &&
    (row.ended_at === null) === (row.response_bytes === null) &&
    textColumns.every((name) => isMarkedRight(row[name])) &&
    jsonColumns.every((name) => isJsonRight(row[name])) &&
    findings.every(({ n, channel }, i) => n === i && isMarkedRight(channel)) &&
    verdicts.every((each, i) => each.n === i && isMarkedRight(each.tool) && toHeld(toVerdict(each)) === each.held)
  );
}

const endColumns = [
  'status',
  'head_after',
  'first_byte_after',
  'response_bytes',
  'input_tokens',
  'output_tokens',
  'failure',
  'reason',
  'response_headers',
  'calls',
] as const;
const requestColumns = ['request_truncated', 'model', 'request_body'] as const;
const textColumns = [
  'id',
  'session',
  'method',
  'host',
  'path',
  'http_version',
  'dialect',
  'client',
  'model',
  'reason',
  'request_body',
  'response',
] as const;
const jsonColumns = ['request_headers', 'response_headers', 'calls', 'channels'] as const;

function isMarkedRight(stored: string | null): boolean {
  return stored === null || !stored.startsWith(MARK) || toColumn(fromColumn(stored)) === stored;
}

/** Without escapes a JSON list of texts and numbers has one spelling. */
function isJsonRight(stored: string | null): boolean {
  return stored === null || !stored.includes('\\') || JSON.stringify(JSON.parse(stored)) === stored;
}
