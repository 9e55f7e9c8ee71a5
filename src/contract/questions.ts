// A question is a held output that waits for a person. Every text in it is masked: there is no type for raw text here.

import type { MaskedText } from '../base/text.ts';

export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** Why a rule speaks up. `reason`: the rule's own sentence, never model text. */
export interface RiskReason {
  readonly rule: string;
  readonly severity: Severity;
  readonly reason: string;
}

/** What an action would do, in masked words: command lines it runs, paths it writes, hosts it reaches, credentials it loads. */
export interface Effects {
  readonly runs: readonly MaskedText[];
  readonly writes: readonly MaskedText[];
  readonly hosts: readonly MaskedText[];
  readonly credentials: readonly MaskedText[];
}

export type BlockKind = 'tool-call' | 'code';

/** What a held block wants, without the person's answer: the part of a question that the exchange knows. */
export interface HeldAction {
  readonly kind: BlockKind;
  /** The tool's name, or the code's language. */
  readonly tool: MaskedText;
  /** The whole of it, never cut off. */
  readonly action: MaskedText;
  readonly reasons: readonly RiskReason[];
  readonly effects: Effects;
}

export interface Question extends HeldAction {
  readonly id: string;
  readonly exchange: string;
  readonly session: string;
  /** Milliseconds since the Unix epoch. */
  readonly askedAt: number;
  /** When it counts as not answered. */
  readonly deadline: number;
  /** The program that waits, as far as known: its executable's name, else what it calls itself. */
  readonly program: MaskedText;
  readonly folder: MaskedText | null;
  readonly host: MaskedText;
  readonly model: MaskedText | null;
}

/** How long an answer holds for the same action from the same program in the same folder. */
export type AnswerScope =
  | { readonly kind: 'once' }
  | { readonly kind: 'session' }
  | { readonly kind: 'minutes'; readonly minutes: number }
  | { readonly kind: 'always' };

/** The ways in which a person answers. */
export type AnswerChannel = 'notification' | 'dialog' | 'terminal' | 'command' | 'window' | 'hook';

/**
 * What ended a question: a channel; `deadline` (nobody answered); `grant` (a remembered answer); `repeat` (the client
 * sent the same request again); `lost` (its exchange is gone); `refused` (Scrim could not ask or not record: the note says why).
 */
export type AnsweredBy = AnswerChannel | 'deadline' | 'grant' | 'repeat' | 'lost' | 'refused';

export interface Answer {
  readonly verdict: 'allow' | 'deny';
  readonly by: AnsweredBy;
  readonly scope: AnswerScope;
  /** What the person wrote, masked. */
  readonly note: MaskedText | null;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A question that has ended. */
export interface AnsweredQuestion {
  readonly question: Question;
  readonly answer: Answer;
}

/** A remembered answer, bound to the exact action, the program and the folder. */
export interface Grant {
  readonly id: string;
  readonly verdict: 'allow' | 'deny';
  readonly scope: AnswerScope;
  readonly tool: MaskedText;
  readonly action: MaskedText;
  readonly program: MaskedText;
  readonly folder: MaskedText | null;
  readonly session: string | null;
  readonly createdAt: number;
  /** Null: until revoked. */
  readonly expiresAt: number | null;
  readonly note: MaskedText | null;
}
