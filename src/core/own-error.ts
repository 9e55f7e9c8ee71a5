// Errors that Scrim makes itself: one class a folder, each with a code and a sentence for the person.

const names: ReadonlySet<string> = new Set([
  'AuthorityError',
  'CredentialsError',
  'KeychainError',
  'ExportsError',
  'VaultError',
  'ApprovalsError',
  'SettingsError',
  'SessionsError',
  'MaskingError',
  'SetupError',
  'TrustError',
  'CoreError',
]);

export function isOwnError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && names.has(error.name) && 'code' in error;
}
