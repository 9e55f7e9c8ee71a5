// What is known of a process on this machine. A label, never authentication: a process of the same user can look like any other.

/** The client's end of a TCP connection to us: `remoteAddress`, `remotePort` and `localPort` of our socket. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  readonly localPort: number;
}

/** A process id alone may be used again; with the start time it names one process until the machine restarts. */
export interface ProcessRef {
  readonly pid: number;
  /** As the system gives it (Linux: clock ticks since boot). To be compared, not read. */
  readonly startTime: string;
}

export interface NamedProcess extends ProcessRef {
  /** For an interpreter, the script's package or file name, else the executable's name. Never arguments. */
  readonly program: string;
  /** Full path; null where the system hides it. */
  readonly executable: string | null;
}

export interface GitCheckout {
  readonly root: string;
  /** Null: detached, or not readable. */
  readonly branch: string | null;
  /** 40 or 64 hex digits. */
  readonly commit: string | null;
  /** Host and path (`example.org/team/project`), without user, password and query; null for a local path. */
  readonly remote: string | null;
}

export interface CiRun {
  /** `github`, `gitlab`, …; `unknown` when there is only a build number. */
  readonly provider: string;
  readonly run: string | null;
}

export interface ProcessFacts extends NamedProcess {
  /** Working folder. */
  readonly folder: string | null;
  /** Name of the operating system's user, or the number of one without a name. */
  readonly user: string | null;
  /** It has a controlling terminal. Null: this system does not say. */
  readonly terminal: boolean | null;
  /** It is, or descends from, the leader of its terminal session; false when it was left behind (double fork). */
  readonly attached: boolean | null;
  /** It or a process above it was started with the guard marker. Null: its own environment could not be read. */
  readonly marked: boolean | null;
  /** Nearest first, up to the first process that the system shows. */
  readonly parents: readonly NamedProcess[];
  readonly git: GitCheckout | null;
  readonly ci: CiRun | null;
}

/** `scrim run` sets it for what it starts, so that a descendant is known even when its parents are gone. */
export const guardMarker = { name: 'SCRIM_GUARDED', value: '1' } as const;

/** How one operating system is asked. Nothing in it throws. */
export interface ProcessSource {
  /** One pass for all `peers`, in their order. `known`: processes to try first. */
  find(peers: readonly Peer[], known: readonly number[]): Promise<readonly PeerOwner[]>;
  /** Undefined: no such process. */
  startTime(pid: number): Promise<string | undefined>;
  facts(pid: number): Promise<ProcessFacts | undefined>;
}

export interface PeerOwner {
  readonly pid: number | null;
  readonly user: string | null;
}

/** More ancestors than any real process has; whoever has more is not described at all. */
export const maxAncestors = 64;

/** Names and paths are other people's text: what could steer a terminal or turn a line around becomes U+FFFD. */
export function cleanText(text: string): string {
  return text.slice(0, 4096).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '\ufffd');
}
