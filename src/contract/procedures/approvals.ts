// Held outputs that wait for the person, the answers to them, and what was remembered of those.

import { eventIterator, type } from '@orpc/contract';
import { z } from 'zod';
import type { MaskedText } from '../../base/text.ts';
import type { Answer, AnsweredQuestion, Grant, Question } from '../questions.ts';
import { changes, shows } from './procedure.ts';

export const answerScopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('once') }),
  z.strictObject({ kind: z.literal('session') }),
  z.strictObject({ kind: z.literal('minutes'), minutes: z.number().positive().max(525_600) }),
  z.strictObject({ kind: z.literal('always') }),
]);

export const givenAnswerSchema = z.strictObject({
  verdict: z.enum(['allow', 'deny']),
  scope: answerScopeSchema,
  /** As typed; masked before it is kept. A denial carries it to the assistant. */
  note: z.string().max(2_000),
});
export type GivenAnswer = z.infer<typeof givenAnswerSchema>;

/** `too-late`: it has ended already, as `answer` says (null: that cannot be read). `unknown`: there is no such question. */
export type AnswerResult =
  | { readonly result: 'taken' }
  | { readonly result: 'too-late'; readonly answer: Answer | null }
  | { readonly result: 'unknown' };

/** What waits now, in order of asking: 1,000 at most. */
export interface OpenQuestions {
  /** The core's clock when this was said, in milliseconds since the Unix epoch: deadlines count by it. */
  readonly now: number;
  readonly questions: readonly Question[];
}

/**
 * `waiting`: all that waits now, the first event of every stream. `asked`, `answered`: one question. `changed`: its deadline has
 * come nearer, since somebody less patient waits for it too. `grants`: one was made or taken back. `now`: as above.
 */
export type ApprovalsEvent =
  | ({ readonly kind: 'waiting' } & OpenQuestions)
  | { readonly kind: 'asked' | 'changed'; readonly now: number; readonly question: Question }
  | { readonly kind: 'answered'; readonly now: number; readonly question: Question; readonly answer: Answer }
  | { readonly kind: 'grants'; readonly now: number };

/** The newest first. `next`: where the following page begins; null: there is none. */
export interface AnsweredPage {
  readonly answered: readonly AnsweredQuestion[];
  readonly next: string | null;
}

/** The newest first, 1,000 at most of `total`. */
export interface Grants {
  readonly now: number;
  readonly grants: readonly Grant[];
  readonly total: number;
}

/** Something that was said. `text` has 8,000 characters at most; `isCut`: there was more. */
export interface Turn {
  readonly by: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: MaskedText;
  readonly isCut: boolean;
}

/** The conversation around a question, as far as the log has it: 12 turns at most, in the order in which they were said. */
export interface QuestionContext {
  /** What the assistant said in this response, before the held block, is the last of them. */
  readonly turns: readonly Turn[];
  /** Turns that came before these; null: not known, since the request was too long to be kept whole. */
  readonly earlier: number | null;
  /** What it ends as where nobody answers in time; null: it has ended. */
  readonly atDeadline: 'allow' | 'deny' | null;
  /** Of the repository that the program works in. */
  readonly branch: MaskedText | null;
}

const id = z.string().min(1).max(64);

export const approvalsContract = {
  list: shows.output(type<OpenQuestions>()),
  watch: shows.output(eventIterator(type<ApprovalsEvent>())),
  /** Who may not answer is refused with a sentence, before anything else is looked at. */
  answer: changes.input(givenAnswerSchema.extend({ id })).output(type<AnswerResult>()),
  /**
   * Questions that have ended, `limit` at a time. `before`: the `next` of the page before this one. `search`: words that stand
   * in the action, tool, program, folder, rule or note.
   */
  history: shows
    .input(
      z.strictObject({
        limit: z.number().int().min(1).max(100),
        before: id.optional(),
        search: z.string().max(200).optional(),
      }),
    )
    .output(type<AnsweredPage>()),
  /** Null: the store knows no such question. */
  question: shows.input(z.strictObject({ id })).output(type<{ question: Question; answer: Answer | null } | null>()),
  context: shows.input(z.strictObject({ id })).output(type<QuestionContext>()),
  grants: shows.output(type<Grants>()),
  /** `revoked`: false where there is no such grant. */
  revoke: changes.input(z.strictObject({ id })).output(type<{ revoked: boolean }>()),
};
