// The one error of this folder. Callers look at `code`; the message is for a person and says what to do next.

/**
 * `target`: the address or its options are wrong. `unreachable`: try again later. `refused`: the receiver wants no such
 * records, and would not want them later. `spool`: what waits for a receiver cannot be kept.
 */
export type ExportsErrorCode = 'target' | 'unreachable' | 'refused' | 'spool';

export class ExportsError extends Error {
  override readonly name = 'ExportsError';
  readonly code: ExportsErrorCode;
  /** Milliseconds after which the receiver wants to be asked again. */
  readonly retryAfter: number | undefined;

  constructor(code: ExportsErrorCode, message: string, retryAfter?: number) {
    super(message);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}
