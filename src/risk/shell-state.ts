// What a shell remembers while its text is read from top to bottom.

import type { CompoundCommand, CompoundList, Redirected, SyntaxNode } from 'unbash';
import type { Command, Facts, Place } from './facts.ts';

/** What flows through a pipe. */
export interface Flow {
  readonly text: string | null;
  readonly commands: readonly Command[];
}

/** A command line that begins. */
export interface Start {
  readonly words: readonly string[];
  readonly input: Flow;
  readonly variables: readonly (readonly [name: string, value: string])[];
  readonly disguised: boolean;
  readonly folder: string | null;
}

/** Ways back to the reader of shell text: commands contain text, and text contains commands. */
export interface Runs {
  readShell(source: string, shell: Shell, input?: Flow): Flow;
  walk(node: SyntaxNode, shell: Shell, input: Flow): Flow;
  start(begin: Start, shell: Shell, runs: Runs, elsewhere?: boolean): Flow;
}

export interface Shell {
  readonly facts: Facts;
  readonly place: Place;
  readonly home: string;
  folder: string | null;
  readonly variables: Map<string, string>;
  readonly functions: Map<string, CompoundCommand | Redirected | CompoundList>;
  readonly called: Set<string>;
  readonly aliases: Map<string, string>;
  /** Files that this very action writes, by path: it may run them. */
  readonly files: Map<string, string>;
  /** Files that it takes from the net. */
  readonly fetched: Set<string>;
  /** Programs copied or linked to another name, by path. */
  readonly copies: Map<string, string>;
  readonly arrays: Map<string, readonly string[]>;
  positional: readonly string[];
  readonly elevated: boolean;
  readonly elsewhere: boolean;
  readonly depth: number;
}

export const maxDepth = 14;

export function newShell(facts: Facts, place: Place, home: string, folder: string | null): Shell {
  return {
    facts,
    place,
    home,
    folder,
    variables: new Map([['HOME', home], ['IFS', ' '], ...(folder === null ? [] : [['PWD', folder] as const])]),
    functions: new Map(),
    called: new Set(),
    aliases: new Map(),
    files: new Map(),
    fetched: new Set(),
    copies: new Map(),
    arrays: new Map(),
    positional: [],
    elevated: false,
    elsewhere: false,
    depth: 0,
  };
}

/** A shell inside: what it changes does not come back. */
export function inside(
  shell: Shell,
  change: { elevated?: boolean; elsewhere?: boolean; folder?: string | null } = {},
): Shell {
  return {
    ...shell,
    ...change,
    variables: new Map(shell.variables),
    functions: new Map(shell.functions),
    aliases: new Map(shell.aliases),
    depth: shell.depth + 1,
  };
}
