// The seam for secrets at rest. Today a file store stands behind it; the stores of the operating systems take its place.

export type KeychainCode = 'bad-name' | 'exposed' | 'unreadable' | 'unwritable';

export class KeychainError extends Error {
  readonly code: KeychainCode;
  /** `message`: one sentence that says what to do next; never a secret. */
  constructor(code: KeychainCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'KeychainError';
    this.code = code;
  }
}

/**
 * Small secrets (private keys, API keys) by name. A name is 1–100 characters of `a-z 0-9 . -`, starting with a
 * letter or digit. Every method rejects with `KeychainError` and with nothing else.
 */
export interface SecretStore {
  /** The secret, or undefined when none has that name. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Creates or replaces; a reader sees the old or the new secret, never a part of one. */
  write(name: string, secret: Uint8Array): Promise<void>;
  /** Removes it; a name that does not exist is no error. */
  remove(name: string): Promise<void>;
}

const namePattern = /^[a-z0-9][a-z0-9.-]{0,99}$/;

/** Throws `bad-name` unless the name is safe to use as a file name and as a keychain item on every system. */
export function checkSecretName(name: string): void {
  if (!namePattern.test(name) || name.includes('..')) {
    throw new KeychainError(
      'bad-name',
      'Name the secret with a-z, 0-9, dots and hyphens only, 100 characters at most.',
    );
  }
}
