// What the harness knows about a client: where it comes from, and how it is started without a person.

import type { ToolCall } from '../../support/real-clients-streams.ts';

/**
 * `run`: below `scrim run`. `proxy`: what `scrim run` sets of proxy and certificates, without base URLs. `gateway`: a base
 * URL, nothing else.
 */
export type Mode = 'run' | 'proxy' | 'gateway';

export type Source =
  /** Packages with their exact versions, the client itself first. */
  | { readonly from: 'npm'; readonly packages: readonly [string, ...string[]] }
  | { readonly from: 'pypi'; readonly packages: readonly [string, ...string[]] }
  /** A program of this machine, and the words that make it say its version. */
  | { readonly from: 'machine'; readonly program: string; readonly version: readonly string[] }
  /** A devDependency of this project. */
  | { readonly from: 'project'; readonly package: string };

export interface Place {
  readonly mode: Mode;
  /** The folder that the client is installed in. */
  readonly installed: string;
  /** Its home folder, empty. */
  readonly home: string;
  /** `http://127.0.0.1:PORT` */
  readonly gateway: string;
  readonly prompt: string;
  /** The fake key or local token. Null: the client is to find what `scrim run` sets. */
  readonly key: string | null;
}

export interface Launch {
  readonly words: readonly [string, ...string[]];
  /** Over what every client gets: PATH, HOME and what its mode sets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Written below the home folder first. */
  readonly files?: Readonly<Record<string, string>>;
  /** The client's own login, which its provider gets as a bearer. */
  readonly login?: string;
  /** Words that are run before, with the same environment. */
  readonly before?: readonly [string, ...string[]];
}

export interface RealClient {
  /** For `--client`, which takes a beginning of it. */
  readonly id: string;
  readonly name: string;
  readonly source: Source;
  readonly modes: readonly Mode[];
  /** Hosts that Scrim would tunnel, opened so that the client trusts the model server in their place. */
  readonly intercept?: readonly string[];
  /** How its model asks it to run a shell command. Null: it has no such tool. */
  readonly call: ((command: string) => ToolCall) | null;
  launch(place: Place): Launch;
}
