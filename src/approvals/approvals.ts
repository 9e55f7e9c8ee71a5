// The queue of questions that wait for a person. Every question ends in exactly one recorded outcome.

import type { TimedClock } from '../base/clock.ts';
import type { MaskedText } from '../base/text.ts';
import type {
  Answer,
  AnswerChannel,
  AnsweredQuestion,
  AnswerScope,
  Grant,
  HeldAction,
  Question,
} from '../contract/questions.ts';

export interface AskRequest {
  readonly held: HeldAction;
  readonly exchange: string;
  readonly session: string;
  readonly program: MaskedText;
  readonly folder: MaskedText | null;
  readonly host: MaskedText;
  readonly model: MaskedText | null;
  /** Keyed hash of the normalised action, folder and program: what grants are bound to. */
  readonly actionKey: string;
  /** Keyed hash of the logical request (provider, model, messages), null where unknown: a repeat of it gets the same verdict without a second question. */
  readonly requestKey: string | null;
  /** Milliseconds; already the shorter of the policy's and the client's own. */
  readonly timeout: number;
  readonly onTimeout: 'allow' | 'deny';
}

export interface Asked {
  /** Of the question; one that is open already where the request is a repeat of it. */
  readonly id: string;
  /** The client has left: it is not answered any more. Where nobody else waits, the question is lost. */
  withdraw(): void;
}

export interface GivenAnswer {
  readonly verdict: 'allow' | 'deny';
  readonly by: AnswerChannel;
  readonly scope: AnswerScope;
  /** As typed. It is masked before it is kept. */
  readonly note: string;
}

/** `too-late`: the question ended in another way, which `question(id)` tells. */
export type Taken = 'taken' | 'too-late' | 'unknown';

/** Hears of the questions that a person is asked, not of those that a grant or a repeat decides at once. */
export interface QuestionListener {
  asked(question: Question): void;
  answered(question: Question, answer: Answer): void;
}

export interface Approvals {
  /** `answered` is called exactly once and never synchronously, unless withdrawn before. */
  ask(request: AskRequest, answered: (answer: Answer) => void): Asked;
  answer(id: string, given: GivenAnswer): Taken;
  /** In order of asking. */
  open(): readonly Question[];
  question(id: string): Question | AnsweredQuestion | undefined;
  /** The newest first. */
  history(limit: number): readonly AnsweredQuestion[];
  grants(): readonly Grant[];
  /** False: there is no such grant. */
  revoke(id: string): boolean;
  /** @returns what ends it */
  listen(listener: QuestionListener): () => void;
  /** Open questions end as lost. */
  close(): Promise<void>;
}

export interface ApprovalsOptions {
  /** The store's own folder: its rights are narrowed to the owner. */
  readonly folder: string;
  readonly clock: TimedClock;
  readonly maskNote: (text: string) => MaskedText;
  readonly onFailure: (error: Error) => void;
}
