// The one error of this folder. Callers look at `code`; the message is for a person and says what to do next.

export type SessionsErrorCode =
  'cannot-open' | 'damaged' | 'newer-version' | 'cannot-record' | 'cannot-read' | 'unknown-exchange' | 'bad-query';

export class SessionsError extends Error {
  override readonly name = 'SessionsError';
  readonly code: SessionsErrorCode;

  constructor(code: SessionsErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** SQLite's primary result code of an error thrown by node:sqlite; undefined for any other error. https://sqlite.org/rescode.html */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

const CORRUPT = 11;
const NOT_A_DATABASE = 26;

export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === CORRUPT || code === NOT_A_DATABASE;
}

const BUSY = 5;

export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === BUSY;
}

const TOO_BIG = 18;
const CONSTRAINT = 19;
const MISMATCH = 20;

/** True when the rows themselves were refused (a second exchange of the same id, a value SQLite has no type for), not the disk. */
export function isAboutTheData(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === undefined || code === TOO_BIG || code === CONSTRAINT || code === MISMATCH;
}

/** The error to give to a caller: ours as it is, damage with its remedy, all else under `code`. */
export function asSessionsError(error: unknown, file: string, code: SessionsErrorCode, doing: string): SessionsError {
  if (error instanceof SessionsError) return error;
  if (isDamage(error)) {
    return new SessionsError(
      'damaged',
      `The session log ${file} is damaged: keep a copy, recover what can be read with "sqlite3 ${file} .recover", and move the file away to start a new log.`,
      error,
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new SessionsError(code, `${doing} ${file} failed (${reason}): ${remedyFor(error)}.`, error);
}

const READ_ONLY = 8;
const FULL = 13;

function remedyFor(error: unknown): string {
  switch (sqliteCode(error)) {
    case BUSY:
      return 'another program holds the log locked; end it and try again';
    case READ_ONLY:
      return 'make the file and its folder writable for your user';
    case FULL:
      return 'free some disk space';
    default:
      return 'check that its folder exists, belongs to you and has free space';
  }
}
