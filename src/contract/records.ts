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
}

/** One exchange as `sessions show` gives it back. */
export interface ExchangeRecord extends ExchangeOpened {
  readonly state: ExchangeState;
  readonly request: RecordedRequest | null;
  readonly closed: ExchangeClosed | null;
  readonly channels: readonly { readonly channel: MaskedText; readonly text: MaskedText }[];
  readonly findings: readonly RecordedFinding[];
  readonly verdicts: readonly RecordedVerdict[];
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
