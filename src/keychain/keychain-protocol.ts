// What the keychain's child process is asked, and what it answers: one JSON line each way, over its standard input and
// output, or over a message port where it is a utility process of Electron.
// SECURITY: a secret never stands in arguments or environment, where every process of the user could read it.

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

/** One operation in a process of its own. */
export interface KeychainWork {
  readonly request: KeychainRequest;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What it says, in pieces: the first line, then the answer's. */
  readonly output: (text: string) => void;
  /** Once, when it is gone. False: it could not even start. */
  readonly ended: (hasStarted: boolean) => void;
}

export interface KeychainHelper {
  /** By force. */
  kill(): void;
}

/** Where there is no Node to spawn, as in Electron, the shell brings another way. */
export type StartKeychain = (work: KeychainWork) => KeychainHelper;

/** What the keychain's libraries look at. SECURITY: no NODE_OPTIONS, which could load somebody's code beside the secret. */
const passedOn = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'DBUS_SESSION_BUS_ADDRESS',
  'XDG_RUNTIME_DIR',
  'SystemRoot',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
];

export function keychainEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
