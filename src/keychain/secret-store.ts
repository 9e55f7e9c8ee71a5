// The seam for secrets at rest. Behind it stand the keychains of the operating systems, and files.

export type KeychainCode =
  | 'bad-name'
  | 'too-large'
  /** Others can read it. */
  | 'exposed'
  | 'unreadable'
  | 'unwritable'
  /** No keychain can be reached from here, whatever the reason but the next two. */
  | 'no-keychain'
  | 'locked'
  /** No answer in time. */
  | 'unresponsive'
  /** None could be had, or it does not open the file. */
  | 'passphrase'
  /** Not what was written. */
  | 'damaged';

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
 * letter or digit; a secret has 1–2,000 bytes. Every method rejects with `KeychainError` and with nothing else.
 */
export interface SecretStore {
  /** The secret, or undefined when none has that name. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Creates or replaces; a reader sees the old or the new secret, never a part of one. */
  write(name: string, secret: Uint8Array): Promise<void>;
  /** Removes it; a name that does not exist is no error. */
  remove(name: string): Promise<void>;
  /** The names, sorted. */
  list(): Promise<string[]>;
}

const namePattern = /^[a-z0-9][a-z0-9.-]{0,99}$/;

/** Windows keeps 2,560 bytes of a credential (CRED_MAX_CREDENTIAL_BLOB_SIZE). */
const maxSecret = 2_000;

export function isSecretName(name: string): boolean {
  return namePattern.test(name) && !name.includes('..');
}

/** Throws `bad-name` unless the name is safe to use as a file name and as a keychain item on every system. */
export function checkSecretName(name: string): void {
  if (!isSecretName(name)) {
    throw new KeychainError(
      'bad-name',
      'Name the secret with a-z, 0-9, dots and hyphens only, 100 characters at most.',
    );
  }
}

/** Throws `too-large` unless every keychain can hold it. */
export function checkSecret(secret: Uint8Array): void {
  if (secret.length === 0 || secret.length > maxSecret) {
    throw new KeychainError('too-large', `Give a secret of 1 to ${maxSecret} bytes.`);
  }
}
