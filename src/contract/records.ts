// What the log keeps of an exchange. Every text in it is masked: there is no type for raw text here.

import type { MaskedText } from '../base/text.ts';
import type { FailureCode } from './failures.ts';
import type { AnsweredBy, HeldAction } from './questions.ts';

export type ExchangeState = 'open' | 'done' | 'failed' | 'cut';

/** Written when a request arrives. Times are milliseconds since the Unix epoch. */
export interface ExchangeOpened {
  readonly id: string;
  /** Groups the exchanges of one client run; see `sessionKey`. */
  readonly session: string;
  readonly startedAt: number;
  readonly via: 'proxy' | 'gateway';
  readonly method: MaskedText;
  readonly scheme: 'http' | 'https';
  readonly host: MaskedText;
  readonly port: number;
  readonly path: MaskedText;
  readonly httpVersion: string;
  /** Wire dialect (`openai-chat`, `anthropic`, …, `generic`). */
  readonly dialect: string;
  /** The client program as it names itself (User-Agent). */
  readonly client: MaskedText;
  /** SHA-256 (hex) of the policy in force, defaults and scopes included; null or absent where it is not known. */
  readonly policy?: string | null;
  /** Request headers; the log keeps those of its allow list only (sessions/header-list.ts). */
  readonly headers?: readonly RecordedHeader[];
}

/** A header as it was sent, its value masked; `name` in lower case. */
export interface RecordedHeader {
  readonly name: string;
  readonly value: MaskedText;
}

/** The process behind an exchange, as far as the system told. It comes a little after the exchange began, or never. */
export interface RecordedIdentity {
  readonly program: MaskedText;
  readonly pid: number;
  /** Name of the operating system's user. */
  readonly user: MaskedText | null;
  /** Working folder. */
  readonly folder: MaskedText | null;
  readonly git: {
    readonly root: MaskedText;
    readonly branch: MaskedText | null;
    readonly commit: string | null;
    readonly remote: MaskedText | null;
  } | null;
  readonly ci: { readonly provider: string; readonly run: MaskedText | null } | null;
  /** Subject of a validated OIDC token; null or absent where there is none. */
  readonly subject?: MaskedText | null;
}

export interface RecordedFinding {
  readonly rule: string;
  readonly kind: string;
  readonly severity: string;
  readonly certainty: string;
  readonly side: 'request' | 'response';
  readonly channel: MaskedText;
  readonly start: number;
  readonly end: number;
  /** Salted HMAC of the value, 16 hex digits. */
  readonly fingerprint: string;
}

/** A piece of a channel's masked text as it went to the client. `at`: milliseconds since `startedAt`. */
export interface RecordedPiece {
  readonly at: number;
  readonly channel: MaskedText;
  readonly text: MaskedText;
}

/** The whole masked text of a channel, and how it came: delta `i` begins at `offsets[i]` and left at `times[i]`. */
export interface RecordedChannel {
  readonly channel: MaskedText;
  readonly text: MaskedText;
  /** UTF-16 units from the start of `text`; the first is 0. */
  readonly offsets: readonly number[];
  /** Milliseconds since `startedAt`, to a tenth; as many as offsets, never decreasing. */
  readonly times: readonly number[];
}

/** A tool call that a response asked for. */
export interface RecordedCall {
  /** The provider's id of it. */
  readonly id: MaskedText;
  readonly name: MaskedText;
}

export interface TokenUsage {
  readonly input: number | null;
  readonly output: number | null;
}

/** What came of a block that a risk rule spoke about. */
export interface RecordedVerdict extends HeldAction {
  /** `would-ask`, `would-deny`: passed, since the policy only observes. `lost`: its exchange ended before an answer. */
  readonly verdict: 'allowed' | 'denied' | 'would-ask' | 'would-deny' | 'lost';
  readonly by: AnsweredBy | 'policy';
  /** What the person wrote. */
  readonly note: MaskedText | null;
  /** When the question was put and when it ended, in milliseconds since `startedAt`; absent where nobody was asked. */
  readonly askedAt?: number;
  readonly answeredAt?: number;
}

/** Known once the request body has been read. */
export interface RecordedRequest {
  readonly model: MaskedText | null;
  /** Masked body, cut at a bound; null when there was none or it was not text. */
  readonly body: MaskedText | null;
  readonly truncated: boolean;
  readonly bytes: number;
}

/** Written when the exchange is over. */
export interface ExchangeClosed {
  readonly state: 'done' | 'failed' | 'cut';
  readonly endedAt: number;
  readonly status: number | null;
  /** Milliseconds from `startedAt` to the response head, null when none came. */
  readonly headAfter: number | null;
  readonly firstByteAfter: number | null;
  readonly responseBytes: number;
  readonly usage: TokenUsage | null;
  readonly failure: FailureCode | null;
  readonly reason: MaskedText | null;
  /** Response headers, under the same allow list as the request's. */
  readonly headers?: readonly RecordedHeader[];
  readonly calls?: readonly RecordedCall[];
}

/** One exchange as `sessions show` gives it back. */
export interface ExchangeRecord extends ExchangeOpened {
  readonly state: ExchangeState;
  readonly request: RecordedRequest | null;
  readonly closed: ExchangeClosed | null;
  readonly identity: RecordedIdentity | null;
  readonly channels: readonly RecordedChannel[];
  readonly findings: readonly RecordedFinding[];
  readonly verdicts: readonly RecordedVerdict[];
}

/** A time that the log knows nothing of. `off`: no Scrim ran; `bypass`: a client went around it. Milliseconds since the Unix epoch. */
export interface RecordedGap {
  readonly from: number;
  readonly to: number;
  readonly reason: 'off' | 'bypass';
  /** The client that went around it; null for all of them. */
  readonly client: MaskedText | null;
}

/** Somebody opened the sealed original of an exchange, or tried to. */
export interface RecordedReveal {
  readonly exchange: string;
  readonly at: number;
  readonly user: MaskedText | null;
  readonly outcome: 'shown' | 'refused';
}

/** A statement about the chain so far: it had `count` records and ended in `head` (hex). */
export interface RecordedAnchor {
  readonly at: number;
  readonly count: number;
  readonly head: string;
  /** Ed25519: public key and signature, hex; null where there was no key. */
  readonly key: string | null;
  readonly signature: string | null;
}

/** Records of the chain whose content was deleted on purpose: first and last number of each run. */
export interface RecordedPurge {
  readonly at: number;
  /** `superseded`: a better record of the same exchange stands further on. */
  readonly reason: 'age' | 'size' | 'person' | 'superseded';
  readonly records: readonly (readonly [first: number, last: number])[];
}

/** The first record of every chain. `before`: row number of the last exchange that was there before, without proof. */
export interface RecordedStart {
  readonly at: number;
  readonly log: string;
  readonly before: number;
}

/** Whatever the chain holds, in the order of writing. */
export type LogRecord =
  | ({ readonly kind: 'start' } & RecordedStart)
  | ({ readonly kind: 'exchange' } & ExchangeRecord)
  | ({ readonly kind: 'gap' } & RecordedGap)
  | ({ readonly kind: 'reveal' } & RecordedReveal)
  | ({ readonly kind: 'anchor' } & RecordedAnchor)
  | ({ readonly kind: 'purge' } & RecordedPurge);

/** A record with its place in the chain. Hashes are SHA-256 in hex; docs/log.md says over what. */
export interface ChainedRecord {
  readonly n: number;
  /** Null: its content was purged. */
  readonly record: LogRecord | null;
  readonly digest: string;
  readonly prev: string;
  readonly hash: string;
}

export interface SessionSummary {
  readonly id: string;
  readonly client: MaskedText;
  readonly startedAt: number;
  readonly lastAt: number;
  readonly exchanges: number;
  readonly findings: number;
  readonly hosts: readonly MaskedText[];
  readonly models: readonly MaskedText[];
}
