// Which clients go through Scrim, setting them up and taking it back, who trusts the certificate, and what is wrong.

import { eventIterator, type } from '@orpc/contract';
import { z } from 'zod';
import { changes, shows } from './procedure.ts';

/**
 * - `through`: goes through Scrim
 * - `restart`: is set up, and one that was started before is still running
 * - `changed`: was set up, and its settings or Scrim's address are others now
 * - `around`: is installed and goes past Scrim
 * - `absent`: is not installed
 * - `unknown`: `problem` says why
 */
export type ClientState = 'through' | 'restart' | 'changed' | 'around' | 'absent' | 'unknown';

export interface ClientRow {
  readonly client: string;
  readonly title: string;
  /** An assistant or editor; else a tool, or the whole system. */
  readonly isAssistant: boolean;
  readonly state: ClientState;
  /** Something of Scrim stands in its settings. */
  readonly isSetUp: boolean;
  readonly problem: string | null;
  /** Processes that run now and go past Scrim, ten at most. */
  readonly outside: readonly number[];
  /** `scrim run -- claude`; null: it is no program that one starts so. */
  readonly run: string | null;
  readonly advice: readonly string[];
}

export interface ClientsPage {
  readonly clients: readonly ClientRow[];
  /** What clients are given: `http://127.0.0.1:8877`. */
  readonly address: string;
  /** False: this Scrim listens elsewhere, at a port that it will not have again. */
  readonly isHere: boolean;
  /** `host:port` of a proxy that clients have used so far, and that Scrim has to be told of. */
  readonly usersProxy: string | null;
}

/** What is changed for one client, or would be. Texts are masked. */
export interface ClientChange {
  readonly client: string;
  readonly title: string;
  readonly steps: readonly ChangeStep[];
  readonly advice: readonly string[];
  /** Why it is not done: one sentence. */
  readonly problem: string | null;
}

export interface ChangeStep {
  /** A path, or a setting's name. */
  readonly target: string;
  /** "+" and "-" lines with "@@" before each place, or commands; 400 at most. */
  readonly lines: readonly string[];
}

export interface Preview {
  readonly changes: readonly ClientChange[];
  /** Of exactly this preview: `change` refuses when something else would be done by now. */
  readonly seen: string;
}

export interface StoreRow {
  readonly store: string;
  /** Who trusts through it. */
  readonly title: string;
  readonly status: 'trusted' | 'outdated' | 'not-trusted' | 'unavailable';
  /** What is missing, for `unavailable`. */
  readonly hint: string | null;
  readonly install: StoreCommands;
  readonly uninstall: StoreCommands;
}

export interface StoreCommands {
  /** As one would type them; empty: nothing is to be done. */
  readonly lines: readonly string[];
  /** They need an administrator's password, which this window never asks for: run them in a terminal. */
  readonly needsTerminal: boolean;
}

export type CheckGroup = 'Scrim' | 'Data and policy' | 'Certificates' | 'Clients' | 'Keys';

export interface CheckRow {
  /** `client claude` */
  readonly check: string;
  readonly status: 'ok' | 'problem' | 'not-checked';
  /** One sentence, masked. */
  readonly why: string;
  readonly group: CheckGroup;
  /** The look that this came from: what `recheck` wants. */
  readonly look: string;
  readonly fix: CheckFix | null;
}

/** `here`: `fix` does it. `screen`: it is done on another screen. `yourself`: only by a person, in a terminal. */
export interface CheckFix {
  readonly line: string;
  readonly way: 'here' | 'screen' | 'yourself';
  /** `keys/openai` */
  readonly screen: string | null;
}

export type DoctorEvent =
  | { readonly kind: 'begun'; readonly looks: number }
  /** One look has ended; `left` are still under way. */
  | { readonly kind: 'looked'; readonly look: string; readonly rows: readonly CheckRow[]; readonly left: number };

const name = z.string().regex(/^[a-z0-9-]{1,40}$/);
const chosen = z.array(name).min(1).max(40);
const line = z.string().min(1).max(2_000);

export const clientsContract = {
  list: shows.output(type<ClientsPage>()),
  /** What `change` would do, line by line. */
  preview: shows.input(z.strictObject({ clients: chosen, undo: z.boolean() })).output(type<Preview>()),
  /** Does what was seen, and nothing else. */
  change: changes
    .input(z.strictObject({ clients: chosen, undo: z.boolean(), seen: z.string().regex(/^[0-9a-f]{64}$/) }))
    .output(type<readonly ClientChange[]>()),
  /** Stores of roots on this machine. Runs their tools: takes a second or two. */
  stores: shows.output(type<readonly StoreRow[]>()),
  trust: changes
    .input(z.strictObject({ store: z.string().min(1).max(400), action: z.enum(['install', 'uninstall']) }))
    .output(type<{ problem: string | null }>()),
  /** Looks at everything, each result as it comes; six seconds at the longest. */
  doctor: shows.output(eventIterator(type<DoctorEvent>())),
  recheck: shows.input(z.strictObject({ look: z.string().min(1).max(40) })).output(type<readonly CheckRow[]>()),
  /** Runs the fix of a check as it is found now; refused when that is not `line`. Null: it was done. */
  fix: changes
    .input(z.strictObject({ look: z.string().min(1).max(40), check: z.string().min(1).max(200), line }))
    .output(type<{ problem: string | null }>()),
};
