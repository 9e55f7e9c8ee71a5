export type CoreErrorCode =
  | 'policy'
  | 'cannot-listen'
  | 'upstream-ca'
  | 'not-running'
  | 'not-found'
  | 'demo'
  | 'refused'
  | 'usage'
  /** Too much at once; the same again a little later will do. */
  | 'busy'
  | 'cannot-open';

/** `message`: one sentence that says what to do next. */
export class CoreError extends Error {
  readonly code: CoreErrorCode;
  constructor(code: CoreErrorCode, message: string) {
    super(message);
    this.name = 'CoreError';
    this.code = code;
  }
}
