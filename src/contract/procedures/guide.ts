// The first minutes: where the person is in the guide, and a demonstration through the running core.

import { eventIterator, type } from '@orpc/contract';
import { z } from 'zod';
import { guideSteps, type GuideStep } from '../guide-steps.ts';
import type { RiskReason } from '../questions.ts';
import { changes, shows } from './procedure.ts';

export interface GuideState {
  /** The window opens it by itself: nothing has been done here yet, or it was begun and not ended. */
  readonly opens: boolean;
  readonly step: GuideStep;
  readonly isDone: boolean;
}

/**
 * What happens in the demonstration, in order. `sent` is what its model server sent: the only text in the contract that is not
 * masked, a secret of nobody that is made up for it. All other texts went through the core.
 */
export type DemoEvent =
  | { readonly kind: 'begun' }
  | { readonly kind: 'sent'; readonly part: DemoPart; readonly text: string; readonly isSecret: boolean }
  | { readonly kind: 'got'; readonly part: DemoPart; readonly text: string }
  | {
      readonly kind: 'held';
      readonly tool: string;
      readonly action: string;
      readonly reasons: readonly RiskReason[];
      /** Milliseconds since the Unix epoch. */
      readonly deadline: number;
    }
  | { readonly kind: 'answered'; readonly verdict: 'allow' | 'deny'; readonly by: string }
  | { readonly kind: 'done'; readonly outcome: DemoOutcome }
  /** `why`: one sentence. */
  | { readonly kind: 'failed'; readonly why: string };

/** `refusal`: text in the place of a call that was denied. */
export type DemoPart = 'text' | 'call' | 'refusal';

export interface DemoOutcome {
  /** Placeholders that stand where secrets were. */
  readonly masked: number;
  /** Not eight characters in a row of a secret reached the client. */
  readonly isClean: boolean;
  /** The tool call waited for an answer. */
  readonly wasHeld: boolean;
  /** Milliseconds from the request to its first word at the client. */
  readonly firstWord: number | null;
  /** In the log; null where it is not known. */
  readonly session: string | null;
}

export const guideContract = {
  state: shows.output(type<GuideState>()),
  /** Kept in the data folder. */
  goTo: changes.input(z.strictObject({ step: z.enum(guideSteps) })).output(type<GuideState>()),
  /** Ended, or not wanted: it does not open by itself again. */
  done: changes.output(type<GuideState>()),
  /** Begins a demonstration; one that runs is ended. */
  demonstrate: changes.output(type<{ begun: true }>()),
  /** The demonstration from its beginning, as far as there is one, and all that follows. */
  watch: shows.output(eventIterator(type<DemoEvent>())),
  /** Answers the demonstration's question. False: it does not wait (any more). */
  answer: changes.input(z.strictObject({ verdict: z.enum(['allow', 'deny']) })).output(type<{ taken: boolean }>()),
};
