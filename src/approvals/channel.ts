// What every way of asking a person has in common. Several channels ask at once or one after the other; the first answer wins.

import type { AnswerChannel, AnswerScope, Question } from '../contract/questions.ts';

export interface ChannelAnswer {
  readonly verdict: 'allow' | 'deny';
  readonly scope: AnswerScope;
  /** What the person wrote, as typed; empty: nothing. Masked by whoever takes it. */
  readonly note: string;
}

export interface Channel {
  readonly name: AnswerChannel;
  /**
   * Asks, and resolves with the answer; undefined: this channel cannot ask (any more), let another one ask. Never rejects.
   * `waiting`: how many other questions wait. `signal`: answered elsewhere, the display is withdrawn at once.
   */
  ask(question: Question, waiting: number, signal: AbortSignal): Promise<ChannelAnswer | undefined>;
}
