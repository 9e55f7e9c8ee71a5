// What Scrim runs with and how it reaches a person.

import { type } from '@orpc/contract';
import { z } from 'zod';
import { changes, shows } from './procedure.ts';

export interface SettingsPage {
  readonly version: string;
  /** `Linux, Node 24.3.0` */
  readonly system: string;
  readonly dataFolder: string;
  readonly policyFile: string;
  readonly addresses: {
    readonly proxy: string;
    readonly gateway: string;
    readonly pac: string;
    /** Of the file that clients are given. */
    readonly ca: string;
    /** The system's roots and ours, for settings that replace a program's roots. */
    readonly bundle: string;
  };
  readonly autostart: Autostart;
  readonly ways: readonly QuestionWay[];
  readonly log: LogFacts;
  readonly vault: VaultFacts;
  readonly authorities: readonly AuthorityRow[];
  /** Where the secrets lie, as people call it. */
  readonly keysPlace: string;
}

export type Autostart =
  | { readonly isOffered: true; readonly isOn: boolean }
  /** `why`: one sentence with the way to do it. */
  | { readonly isOffered: false; readonly why: string };

/** A way in which a question reaches the person. `note`: one sentence. */
export interface QuestionWay {
  readonly way: 'window' | 'app' | 'notification' | 'dialog' | 'terminal' | 'hook';
  readonly title: string;
  readonly works: boolean;
  readonly note: string;
}

export interface LogFacts {
  /** Bytes on disk. */
  readonly size: number;
  /** Milliseconds. */
  readonly retain: number;
  /** Bytes. */
  readonly maxSize: number;
}

export interface VaultFacts {
  readonly isOn: boolean;
  /** Milliseconds that originals are kept; null: off. */
  readonly keep: number | null;
  /** Bytes on disk. */
  readonly size: number;
}

export interface AuthorityRow {
  readonly subject: string;
  readonly path: string;
  /** ISO 8601. */
  readonly notAfter: string;
  readonly fingerprint: string;
  /** Domains it may vouch for, 100 at most; null: any. */
  readonly constrainedTo: readonly string[] | null;
  /** ISO 8601: it follows then. Null: it signs now. */
  readonly takesOver: string | null;
}

export interface Diagnostics {
  /** A file's name. */
  readonly name: string;
  /** JSON; masked, without names of the user and the machine. */
  readonly text: string;
}

export interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

export const settingsContract = {
  get: shows.output(type<SettingsPage>()),
  autostart: changes.input(z.strictObject({ on: z.boolean() })).output(type<Autostart>()),
  /** Shows a question of no meaning for some seconds. `way`: how; null: none works here. */
  testQuestion: changes.output(type<{ way: 'notification' | 'dialog' | null }>()),
  /** A successor of each authority is published; with `now` it takes over at once, and every client has to be started again. */
  rotate: changes.input(z.strictObject({ now: z.boolean() })).output(type<readonly AuthorityRow[]>()),
  /** What a report of a problem should hold. Runs the doctor: takes six seconds at the longest. */
  diagnostics: shows.output(type<Diagnostics>()),
  /** Of what Scrim is built with, 2,000 at most; empty where a build does not say. */
  licences: shows.output(type<readonly Licence[]>()),
};
