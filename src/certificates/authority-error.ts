// The one error of this folder.

export type AuthorityCode =
  | 'unsafe-host' // the host cannot stand in a certificate
  | 'not-covered' // no authority here may vouch for the host
  | 'damaged' // a stored certificate or key is not what it should be
  | 'expired' // the authority itself is out of date
  | 'cannot-store'; // the folder cannot be read or written

export class AuthorityError extends Error {
  readonly code: AuthorityCode;
  /** `message`: one sentence that says what to do next. */
  constructor(code: AuthorityCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AuthorityError';
    this.code = code;
  }
}
