// The one error of this folder.

export type TrustCode =
  | 'unavailable' // the store or its tool is not on this machine
  | 'command-failed' // a tool refused
  | 'not-taken'; // the tool said yes, and the store still says no

export class TrustError extends Error {
  readonly code: TrustCode;
  /** `message`: one sentence that says what to do next. */
  constructor(code: TrustCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TrustError';
    this.code = code;
  }
}
