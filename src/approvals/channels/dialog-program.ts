// What a dialog of the operating system has to offer, whichever it is.

import type { AnswerScope } from '../../contract/questions.ts';
import type { ProgramCall, ProgramEnd } from './run-program.ts';

export interface DialogView {
  readonly title: string;
  /** All of the question, fit to be shown. */
  readonly text: string;
  /** Until the question ends, at least 1. */
  readonly seconds: number;
}

/** `more`: wants to see more choices; `back`: wants to see the question again; `none`: nobody answered, or nobody was asked. */
export type DialogOutcome =
  | { readonly kind: 'answered'; readonly verdict: 'allow' | 'deny'; readonly scope: AnswerScope }
  | { readonly kind: 'more' | 'back' | 'none' };

export interface DialogStep {
  /** Undefined: it cannot show all of it. */
  call(view: DialogView): (Omit<ProgramCall, 'env'> & { readonly env?: Readonly<Record<string, string>> }) | undefined;
  outcome(end: ProgramEnd): DialogOutcome;
}

export interface DialogProgram {
  readonly ask: DialogStep;
  readonly more?: DialogStep;
}

export const once: AnswerScope = { kind: 'once' };
export const none: DialogOutcome = { kind: 'none' };
export const denied: DialogOutcome = { kind: 'answered', verdict: 'deny', scope: once };

export function allowed(scope: AnswerScope): DialogOutcome {
  return { kind: 'answered', verdict: 'allow', scope };
}
