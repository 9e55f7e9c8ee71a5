// The one error of this folder. Callers look at `code`; the message is for a person and says what to do next.

export type VaultErrorCode =
  /** The key would lie where any program of this user could read it, or end with this process. */
  | 'no-place'
  /** The secret store has no key for this file, or another one. */
  | 'wrong-key'
  /** A record is not what was sealed. */
  | 'damaged'
  /** The file cannot be opened, read or written. */
  | 'unusable';

export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
