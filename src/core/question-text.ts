// A question as text for a terminal; the same words as on every other channel.

import { questionInWords, timeLeft, wholeText } from '../approvals/channels/format.ts';
import { shownLine } from '../contract/shown-text.ts';
import type { Question } from '../contract/questions.ts';

const width = 100;

/** The whole question with the time that is left. `now`: milliseconds since the Unix epoch. */
export function describeQuestion(question: Question, now: number): string {
  return `${question.id}  ${timeLeft(question.deadline, now)}\n${wholeText(questionInWords(question))}`;
}

/** The beginning of a text, on one line. */
export function oneLine(text: string): string {
  const line = shownLine(text);
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}
