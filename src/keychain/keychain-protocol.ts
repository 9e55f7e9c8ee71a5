// What the keychain's child process is asked, and what it answers: one JSON line each way, over its standard input and
// output. SECURITY: a secret never stands in arguments or environment, where every process of the user could read it.

export interface KeychainRequest {
  readonly operation: 'probe' | 'read' | 'write' | 'remove' | 'list';
  /** Item names are unique within a service. */
  readonly service: string;
  readonly name: string;
  /** Base64; for `write`. */
  readonly secret?: string;
  /** Session bus; Linux only. */
  readonly busAddress?: string;
}

export type KeychainProblem =
  'no-module' | 'no-bus' | 'no-service' | 'no-collection' | 'locked' | 'unresponsive' | 'late' | 'failed';

export type KeychainAnswer =
  | { readonly ok: true; readonly secret?: string; readonly names?: readonly string[] }
  | { readonly ok: false; readonly problem: KeychainProblem; readonly detail?: string };

/** First line of the child: from here on its time counts, not while Node starts on a busy machine. */
export const startedLine = 'started';

/** Milliseconds for the checks before the operation; and for everything. */
export const checkTime = 1_000;
export const answerTime = 1_900;
