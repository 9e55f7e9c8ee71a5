export type CoreErrorCode =
  | 'policy'
  | 'cannot-listen'
  | 'upstream-ca'
  | 'not-running'
  | 'not-found'
  | 'demo'
  | 'refused'
  | 'usage'
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
