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
  /** Shared with the shell around it until it is written to: use `setVariable`. */
  variables: Map<string, string>;
  functions: Map<string, CompoundCommand | Redirected | CompoundList>;
  readonly called: Set<string>;
  aliases: Map<string, string>;
  /** Which of the three above are this shell's own. */
  owns: { variables: boolean; functions: boolean; aliases: boolean };
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
    owns: { variables: true, functions: true, aliases: true },
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
    owns: { variables: false, functions: false, aliases: false },
    depth: shell.depth + 1,
  };
}

/** The map to write to: a copy of what is shared, made once. */
export function own<K extends 'variables' | 'functions' | 'aliases'>(shell: Shell, kind: K): Shell[K] {
  if (!shell.owns[kind]) {
    shell[kind] = new Map<string, never>(shell[kind] as Map<string, never>);
    shell.owns[kind] = true;
  }
  return shell[kind];
}
