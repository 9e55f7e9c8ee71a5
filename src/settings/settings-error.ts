// The one error of this folder.

export type SettingsCode = 'exists' | 'unreadable' | 'unwritable';

export class SettingsError extends Error {
  readonly code: SettingsCode;
  /** `message`: one sentence that says what to do next. */
  constructor(code: SettingsCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SettingsError';
    this.code = code;
  }
}

/** The `code` of a Node error (`ENOENT`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
