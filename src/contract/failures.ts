// The one table of failures: what the client sees, and whether it is recorded.

export type FailureCode =
  | 'cannot-read'
  | 'too-large'
  | 'masking-failed'
  | 'denied'
  | 'unanswered'
  | 'unauthorized'
  | 'no-credential'
  | 'cannot-record'
  | 'upstream-lost'
  | 'client-lost'
  | 'untrusted-upstream'
  | 'loop'
  | 'bad-request'
  | 'misdirected'
  | 'upgrade-required';

export interface Failure {
  /** Status when the response head has not gone out yet. After that the stream is reset, never ended cleanly. */
  readonly status: number;
  /** In the log; what is refused before it becomes an exchange is an event only. */
  readonly recorded: boolean;
}

export const failures = {
  'cannot-read': { status: 502, recorded: true },
  'too-large': { status: 502, recorded: true },
  'masking-failed': { status: 502, recorded: true },
  // 403 and 429 are retried or misread by real clients; 400 with the provider's own error JSON is shown as it is.
  denied: { status: 400, recorded: true },
  unanswered: { status: 400, recorded: true },
  // A local token that is missing, unknown, revoked or used up.
  unauthorized: { status: 401, recorded: true },
  // The key that should take its place cannot be had.
  'no-credential': { status: 400, recorded: true },
  'cannot-record': { status: 502, recorded: false },
  'upstream-lost': { status: 502, recorded: true },
  'client-lost': { status: 499, recorded: true },
  'untrusted-upstream': { status: 502, recorded: true },
  loop: { status: 508, recorded: false },
  'bad-request': { status: 400, recorded: false },
  misdirected: { status: 421, recorded: false },
  'upgrade-required': { status: 426, recorded: false },
} as const satisfies Record<FailureCode, Failure>;
