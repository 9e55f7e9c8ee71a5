export type CredentialsCode =
  /** Not a key or log-in that Scrim can use. */
  | 'bad-credential'
  /** Microsoft did not give a token for the log-in. */
  | 'login-failed'
  | 'bad-token'
  | 'name-taken'
  /** The file of the tokens cannot be used. */
  | 'unusable';

export class CredentialsError extends Error {
  readonly code: CredentialsCode;
  /** `message`: one sentence that says what to do next; never a secret. */
  constructor(code: CredentialsCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CredentialsError';
    this.code = code;
  }
}
