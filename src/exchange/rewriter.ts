// A body rewriter takes the text of a response and gives the text for the client.

import type { Finding, Masking } from '../masking/masking.ts';

export interface BodyRewriter {
  /** Throws ExchangeError when the body is not what it claims to be or a bound is hit. */
  push(text: string): string;
  /** The body is over. What waits for a verdict comes later, by `resume`. */
  end(): string;
  /** What may leave now that a question was answered. */
  resume(): string;
  /** Something waits for the answer to a question. */
  waits(): boolean;
  /** A frame that means nothing, where one is possible and something is held back; else empty. */
  keepAlive?(): string;
}

/** The masking in force now: a changed policy holds for a live stream from its next event on. */
export type MaskingInForce = () => Masking;

export interface RewriteOptions {
  /** Findings are reported and logged, but the client gets the text as it came. */
  readonly observe: boolean;
  /** A finding, as soon as it is final. */
  found(channel: string, finding: Finding): void;
  /** Text of a channel as it leaves, masked, for the log. */
  passed(channel: string, maskedText: string): void;
  /** A whole event, for what the log notes about it (model, usage). */
  event(event: unknown): void;
}
