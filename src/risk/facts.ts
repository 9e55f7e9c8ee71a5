// What a proposal would do, as far as it can be read: the facts that rules speak about.

export type Place = 'shell' | 'tool' | 'code';

/** One program start, with every wrapper (sudo, env, xargs, sh -c, …) taken off; the wrappers are commands of their own. */
export interface Command {
  /** Base name in lower case, without `.exe`. */
  readonly name: string;
  /** As the program would receive them; what cannot be known stays as written (`$DIR`, `$(date)`). */
  readonly args: readonly string[];
  /** What it reads from its input, where known. */
  readonly input: string | null;
  /** The commands that feed it through a pipe. */
  readonly feeders: readonly Command[];
  /** `NAME=value` in front of it. */
  readonly variables: readonly (readonly [name: string, value: string])[];
  /** The folder it runs in, where known. */
  readonly folder: string | null;
  readonly elevated: boolean;
  /** It runs in a container or on another machine: its paths are not of this machine. */
  readonly elsewhere: boolean;
  /** Its name is written so that a reader does not see it. */
  readonly disguised: boolean;
  /** It only starts another command, which is listed too. */
  readonly wraps: boolean;
  readonly place: Place;
}

export type PathUse = 'read' | 'write' | 'delete' | 'delete-tree';

export interface PathFact {
  /** Absolute and normalised where that is possible, with `/` on every system. */
  readonly path: string;
  readonly use: PathUse;
  /** What is written, where known. */
  readonly content: string | null;
  readonly elsewhere: boolean;
  readonly place: Place;
}

/** A connection that an action opens. */
export interface HostFact {
  /** Lower case, without port; null: not to be known. */
  readonly host: string | null;
  /** The address as written. */
  readonly address: string;
  /** Bytes known to leave; 0: nothing but the request; null: not to be known. */
  readonly bytes: number | null;
  /** What leaves: text in the action, a file, the output of a command, or nothing (a download). */
  readonly sends: 'nothing' | 'text' | 'file' | 'output';
  readonly how: 'http' | 'copy' | 'git' | 'socket' | 'name' | 'publish' | 'packages';
  readonly elsewhere: boolean;
  readonly place: Place;
}

export interface CredentialFact {
  /** A path, a variable, or the store asked. */
  readonly name: string;
  readonly place: Place;
}

/** Findings about form that no single command shows. */
export type Sign =
  | 'fork-bomb'
  | 'piped-to-shell'
  | 'decoded-to-shell'
  | 'reverse-shell'
  | 'disguised'
  | 'unreadable'
  | 'drop'
  | 'delete-all'
  | 'grant'
  | 'cloud-delete'
  | 'remote-delete'
  | 'install-script'
  | 'computed'
  | 'planted'
  | 'send-tool';

export interface Facts {
  readonly commands: Command[];
  readonly paths: PathFact[];
  readonly hosts: HostFact[];
  readonly credentials: CredentialFact[];
  readonly signs: Map<Sign, Place>;
  /** Work that is left: reading stops, and asks, when it is used up. */
  budget: number;
}

const maxFacts = 1_000;
const startBudget = 6_000;

export function newFacts(): Facts {
  return { commands: [], paths: [], hosts: [], credentials: [], signs: new Map(), budget: startBudget };
}

/** False when no more work may be done; the facts then say that they are incomplete. */
export function spend(facts: Facts, work: number, place: Place): boolean {
  facts.budget -= work;
  if (facts.budget > 0) return true;
  facts.signs.set('unreadable', place);
  return false;
}

export function add<T>(list: T[], fact: T): void {
  if (list.length < maxFacts) list.push(fact);
}
