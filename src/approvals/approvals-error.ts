// The one error of this folder. Callers look at `code`; the message is for a person and says what to do next.

export type ApprovalsErrorCode = 'cannot-open' | 'damaged' | 'newer-version' | 'store-failed';

export class ApprovalsError extends Error {
  override readonly name = 'ApprovalsError';
  readonly code: ApprovalsErrorCode;

  constructor(code: ApprovalsErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Primary result codes of SQLite, https://sqlite.org/rescode.html */
const BUSY = 5;
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === BUSY;
}

/** The error to give to a caller: ours as it is, damage with its remedy, all else under `code`. */
export function asApprovalsError(
  error: unknown,
  file: string,
  code: ApprovalsErrorCode,
  doing: string,
): ApprovalsError {
  if (error instanceof ApprovalsError) return error;
  const sqlite = sqliteCode(error);
  if (sqlite === CORRUPT || sqlite === NOT_A_DATABASE) {
    return new ApprovalsError(
      'damaged',
      `The store of questions and grants ${file} is damaged: move it away to start a new one (all grants are asked for again).`,
      error,
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new ApprovalsError(
    code,
    `${doing} ${file} failed (${reason}): check that its folder belongs to you, is writable and has free space.`,
    error,
  );
}

function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}
