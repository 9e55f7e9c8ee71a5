// What happens to an exchange, and what is to be done about it. The machine turns the one into the other; it never waits.

import type { FailureCode } from '../contract/failures.ts';
import type { Answer, HeldAction } from '../contract/questions.ts';
import type {
  ExchangeClosed,
  RecordedFinding,
  RecordedPiece,
  RecordedRequest,
  RecordedVerdict,
} from '../contract/records.ts';
import type { RawHeaders, RequestHead, ResponseHead } from '../http/head.ts';

/** `at`: milliseconds since the exchange began. */
export type ExchangeEvent =
  /** Body bytes as the client sent them. */
  | { readonly type: 'request-bytes'; readonly bytes: Uint8Array; readonly at: number }
  /** The same after its content coding was undone; only where the request has one. */
  | { readonly type: 'request-plain'; readonly bytes: Uint8Array; readonly at: number }
  /** The content coding could not be undone. */
  | { readonly type: 'request-unreadable'; readonly at: number }
  | { readonly type: 'request-end'; readonly trailers: RawHeaders; readonly at: number }
  | { readonly type: 'information'; readonly head: ResponseHead; readonly at: number }
  | { readonly type: 'response-head'; readonly head: ResponseHead; readonly at: number }
  | { readonly type: 'response-bytes'; readonly bytes: Uint8Array; readonly at: number }
  | { readonly type: 'response-end'; readonly trailers: RawHeaders; readonly at: number }
  /** A question has its answer. */
  | {
      readonly type: 'answered';
      readonly question: number;
      readonly answer: Answer;
      readonly at: number;
    }
  /** Time has passed. */
  | { readonly type: 'tick'; readonly at: number }
  | { readonly type: 'lost'; readonly code: FailureCode; readonly reason: string; readonly at: number };

export type Command =
  | { readonly type: 'connect'; readonly head: RequestHead }
  | { readonly type: 'send-upstream'; readonly bytes: Uint8Array | string }
  | { readonly type: 'end-upstream'; readonly trailers: RawHeaders }
  | { readonly type: 'cancel-upstream' }
  /** Read the response body, undoing `coding` first. */
  | { readonly type: 'receive'; readonly coding: string | undefined }
  | { readonly type: 'inform'; readonly head: ResponseHead }
  | { readonly type: 'respond'; readonly head: ResponseHead }
  | { readonly type: 'send-client'; readonly data: Uint8Array | string }
  | { readonly type: 'end-client'; readonly trailers: RawHeaders }
  | { readonly type: 'reset-client' }
  | {
      readonly type: 'record-request';
      readonly request: RecordedRequest;
      readonly findings: readonly RecordedFinding[];
    }
  | { readonly type: 'record-pieces'; readonly pieces: readonly RecordedPiece[] }
  | { readonly type: 'record-findings'; readonly findings: readonly RecordedFinding[] }
  | { readonly type: 'record-verdict'; readonly verdict: RecordedVerdict }
  /**
   * Ask a person; `answered` tells the outcome. `canonical`: the action in its normal form, raw: what a grant is bound to.
   * `requestKey`: keyed hash of the conversation that led to it, null where it is not known.
   */
  | {
      readonly type: 'ask';
      readonly question: number;
      readonly held: HeldAction;
      readonly canonical: string;
      readonly requestKey: string | null;
    }
  /** Nobody waits for an answer any more. */
  | { readonly type: 'withdraw' }
  /** What follows waits until this is on disk. */
  | { readonly type: 'record-closed'; readonly closed: Omit<ExchangeClosed, 'endedAt'>; readonly after: number };
