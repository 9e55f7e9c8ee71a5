// What the policy editor and its test bench speak about. The policy's own text is the person's: it is shown as it stands.

import type { MaskedText } from '../base/text.ts';
import type { HeldAction } from './questions.ts';

export type PolicyJson =
  string | number | boolean | null | readonly PolicyJson[] | { readonly [key: string]: PolicyJson };

export interface PolicyTextProblem {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
  /** One sentence that says what to do. */
  readonly message: string;
}

/** The policy file as it stands. */
export interface PolicyDocument {
  readonly path: string;
  /** At most 1 MiB; empty where there is no file. */
  readonly text: string;
  /** SHA-256 of the text, hex; `none` where there is no file. */
  readonly hash: string;
  /** What is wrong with it; the policy before it stays in force then. */
  readonly problems: readonly PolicyTextProblem[];
  /** The last save can be taken back: nothing has changed the file since. */
  readonly canUndo: boolean;
}

/** Something that a change of the policy turns off, or lets through. One sentence, such as "Nothing is masked any more.". */
export interface PolicyWeakening {
  readonly what: string;
  /** What the scope matches, in words; absent: everything. */
  readonly scope?: string;
}

/** What is to be known about a text before it is saved. */
export interface PolicyCheck {
  /** At most 50; empty: it can be saved. */
  readonly problems: readonly PolicyTextProblem[];
  /** The keys and values as they are written; null where the YAML cannot be read. */
  readonly written: PolicyJson;
  /** Against the policy in force; empty where there are problems. */
  readonly weakenings: readonly PolicyWeakening[];
  /** What stands in the place of a GitHub token under this policy; null where there are problems. */
  readonly placeholder: string | null;
}

/** A change of one place of the text. `path`: keys and list positions from the top. */
export type PolicyEdit =
  | { readonly kind: 'set'; readonly path: readonly (string | number)[]; readonly value: PolicyJson }
  /** At the end of the list at `path`, which is made where it does not exist. */
  | { readonly kind: 'add'; readonly path: readonly (string | number)[]; readonly value: PolicyJson }
  | { readonly kind: 'remove'; readonly path: readonly (string | number)[] };

export type PolicySaved =
  | { readonly state: 'saved'; readonly hash: string }
  | { readonly state: 'invalid'; readonly problems: readonly PolicyTextProblem[] }
  /** Ask the person, then save again with `accepted`. */
  | { readonly state: 'weakens'; readonly weakenings: readonly PolicyWeakening[] }
  /** The file has changed since it was loaded: this is what stands in it now. */
  | { readonly state: 'conflict'; readonly text: string; readonly hash: string };

/** A stretch of the tried text that would be masked. Positions in UTF-16 units. */
export interface PolicyMark {
  readonly start: number;
  readonly end: number;
  readonly rule: string;
  readonly kind: string;
  readonly severity: string;
  readonly certainty: string;
  /** One sentence. */
  readonly why: string;
  /** What would stand in its place. */
  readonly placeholder: string;
  /** The entry of the allow list that lets this one value through. */
  readonly allow: string;
}

/** A stretch that a rule looked at and let pass. */
export interface PolicyNearMiss {
  readonly start: number;
  readonly end: number;
  readonly rule: string;
  readonly why: string;
}

export interface PolicyTriedBlock extends HeldAction {
  readonly verdict: 'allow' | 'ask' | 'deny';
  /** Masking rules that find something in it. */
  readonly secrets: readonly string[];
}

export interface PolicyTrial {
  /** Of the policy; nothing was tried where there are any. */
  readonly problems: readonly PolicyTextProblem[];
  readonly mode: 'enforce' | 'observe';
  /** The text that was tried, where it was not sent: of a recorded exchange, masked, at most 64 KiB. */
  readonly text: MaskedText | null;
  /** At most 500, in order. */
  readonly marks: readonly PolicyMark[];
  /** At most 50, in order. */
  readonly nearMisses: readonly PolicyNearMiss[];
  /** At most 50 tool calls and pieces of code. */
  readonly blocks: readonly PolicyTriedBlock[];
}

export interface PolicyPackCard {
  readonly id: string;
  readonly what: string;
  readonly rules: readonly { readonly id: string; readonly kind: string; readonly severity: string }[];
}

export interface PolicyRiskCard {
  readonly id: string;
  readonly category: string;
  readonly severity: string;
  readonly then: 'ask' | 'deny';
  /** What would happen. */
  readonly reason: string;
  readonly when: readonly string[];
  /** A shell line that the rule speaks about; null where it speaks about something else. */
  readonly example: string | null;
}

/** What is built in: the same as long as Scrim runs. */
export interface PolicyFacts {
  /** JSON Schema of the file. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** A policy with every default, as it would be written. */
  readonly defaults: PolicyJson;
  /** The commented text that `scrim policy init` writes. */
  readonly template: string;
  readonly hosts: readonly string[];
  readonly packs: readonly PolicyPackCard[];
  readonly risks: readonly PolicyRiskCard[];
}

export interface PolicyAllowed {
  readonly rule: string;
  /** `already`: the policy allowed it before, and was not changed. */
  readonly state: 'allowed' | 'already';
  /** Of the file as it is now: `policy.undo({ hash })` takes the entry out again. */
  readonly hash: string;
}
