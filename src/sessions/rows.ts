// Rows as SQLite gives them, and the records they stand for.

import { asMasked, type MaskedText } from '../base/text.ts';
import type { FailureCode } from '../contract/failures.ts';
import type {
  ExchangeClosed,
  ExchangeRecord,
  ExchangeState,
  RecordedCall,
  RecordedFinding,
  RecordedHeader,
  RecordedIdentity,
  RecordedPiece,
  RecordedRequest,
  RecordedVerdict,
} from '../contract/records.ts';
import { fromColumn } from './text-column.ts';

/** What `EXCHANGE` selects. */
export interface ExchangeRow {
  readonly seq: number;
  readonly id: string;
  readonly session: string;
  readonly writer: number;
  readonly state: ExchangeState;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly via: 'proxy' | 'gateway';
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly http_version: string;
  readonly dialect: string;
  readonly client: string;
  readonly policy: string | null;
  readonly process: number | null;
  readonly facts: string | null;
  readonly model: string | null;
  readonly request_bytes: number | null;
  readonly request_truncated: number | null;
  readonly status: number | null;
  readonly head_after: number | null;
  readonly first_byte_after: number | null;
  readonly response_bytes: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly failure: FailureCode | null;
  readonly reason: string | null;
  readonly request_headers: string | null;
  readonly request_body: string | null;
  readonly response_headers: string | null;
  readonly calls: string | null;
  readonly channels: string | null;
  readonly response: string | null;
  readonly timing: Uint8Array | null;
}

/** To be followed by WHERE: `e` is the exchange. */
export const EXCHANGE = `
  SELECT e.*, p.facts, c.* FROM exchange e
  LEFT JOIN content c ON c.exchange = e.seq LEFT JOIN process p ON p.id = e.process `;

export interface VerdictRow {
  readonly n: number;
  readonly verdict: RecordedVerdict['verdict'];
  readonly answered_by: RecordedVerdict['by'];
  readonly tool: string;
  readonly held: string;
}

export type FindingRow = Omit<RecordedFinding, 'channel'> & { readonly n: number; readonly channel: string };

export function toVerdict({ verdict, answered_by, tool, held }: VerdictRow): RecordedVerdict {
  const rest = JSON.parse(held) as Omit<RecordedVerdict, 'verdict' | 'by' | 'tool'>;
  return { ...rest, verdict, by: answered_by, tool: fromColumn(tool) };
}

/** The one spelling of what stands in `held`. */
export function toHeld(verdict: RecordedVerdict): string {
  const { kind, action, reasons, effects, note, askedAt, answeredAt } = verdict;
  const { runs, writes, hosts, credentials } = effects;
  return JSON.stringify({
    kind,
    action,
    reasons: reasons.map(({ rule, severity, reason }) => ({ rule, severity, reason })),
    effects: { runs, writes, hosts, credentials },
    note,
    askedAt,
    answeredAt,
  });
}

/** The one spelling of what stands in `facts`. */
export function toFacts({ program, pid, user, folder, git, ci, subject }: RecordedIdentity): string {
  return JSON.stringify({
    program,
    pid,
    user,
    folder,
    git: git === null ? null : { root: git.root, branch: git.branch, commit: git.commit, remote: git.remote },
    ci: ci === null ? null : { provider: ci.provider, run: ci.run },
    subject: subject ?? undefined,
  });
}

/** `writerIsDead`: an exchange that such a writer left open was cut, even if nobody has marked it yet. */
export function toExchange(
  row: ExchangeRow,
  writerIsDead: boolean,
): Omit<ExchangeRecord, 'channels' | 'findings' | 'verdicts'> {
  return {
    id: fromColumn(row.id),
    session: fromColumn(row.session),
    state: row.state === 'open' && writerIsDead ? 'cut' : row.state,
    startedAt: row.started_at,
    via: row.via,
    method: fromColumn(row.method),
    scheme: row.scheme,
    host: fromColumn(row.host),
    port: row.port,
    path: fromColumn(row.path),
    httpVersion: fromColumn(row.http_version),
    dialect: fromColumn(row.dialect),
    client: fromColumn(row.client),
    ...(row.policy === null ? {} : { policy: row.policy }),
    ...(row.request_headers === null ? {} : { headers: toHeaders(row.request_headers) }),
    identity: row.facts === null ? null : (JSON.parse(row.facts) as RecordedIdentity),
    request: toRequest(row),
    closed: toClosed(row),
  };
}

function toRequest(row: ExchangeRow): RecordedRequest | null {
  if (row.request_bytes === null) return null;
  return {
    model: textOrNull(row.model),
    body: textOrNull(row.request_body),
    truncated: row.request_truncated === 1,
    bytes: row.request_bytes,
  };
}

function toClosed(row: ExchangeRow): ExchangeClosed | null {
  if (row.state === 'open' || row.ended_at === null) return null;
  const hasUsage = row.input_tokens !== null || row.output_tokens !== null;
  return {
    state: row.state,
    endedAt: row.ended_at,
    status: row.status,
    headAfter: row.head_after,
    firstByteAfter: row.first_byte_after,
    responseBytes: row.response_bytes ?? 0,
    usage: hasUsage ? { input: row.input_tokens, output: row.output_tokens } : null,
    failure: row.failure,
    reason: textOrNull(row.reason),
    ...(row.response_headers === null ? {} : { headers: toHeaders(row.response_headers) }),
    ...(row.calls === null ? {} : { calls: toCalls(row.calls) }),
  };
}

export function toFinding(row: FindingRow): RecordedFinding {
  const { rule, kind, severity, certainty, side, start, end, fingerprint } = row;
  return { rule, kind, severity, certainty, side, channel: fromColumn(row.channel), start, end, fingerprint };
}

export function toPieces(json: string): RecordedPiece[] {
  const parts = JSON.parse(json) as [at: number, channel: string, text: string][];
  return parts.map(([at, channel, text]) => ({ at, channel: asMasked(channel), text: asMasked(text) }));
}

export function toHeaders(json: string): RecordedHeader[] {
  return (JSON.parse(json) as [string, string][]).map(([name, value]) => ({ name, value: asMasked(value) }));
}

export function toCalls(json: string): RecordedCall[] {
  return (JSON.parse(json) as [string, string][]).map(([id, name]) => ({ id: asMasked(id), name: asMasked(name) }));
}

function textOrNull(stored: string | null): MaskedText | null {
  return stored === null ? null : fromColumn(stored);
}
