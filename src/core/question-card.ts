// A question as a desktop shell shows it in a notification: the same words and the same bounds as on our own channels.

import { othersWait, questionInWords, timeLeft } from '../approvals/channels/format.ts';
import { linesAt, shownLine } from '../contract/shown-text.ts';
import type { Question } from '../contract/questions.ts';

/** Model text on one line, fit to be looked at. */
export { shownLine };

export interface QuestionCard {
  readonly title: string;
  readonly body: string;
  /**
   * SECURITY: false where the action is not whole on the screen, or where it is critical: then no button of a notification
   * allows it; the person looks at all of it first.
   */
  readonly mayAllow: boolean;
}

/** What every daemon shows whole: GNOME's banner ends after six lines of about 40 characters. */
const most = { title: 120, action: 240, lines: 6, line: 40 };

/** @param waiting how many others wait. `now`: milliseconds since the Unix epoch */
export function questionCard(question: Question, waiting: number, now: number): QuestionCard {
  const { title, action, reasons, origin } = questionInWords(question);
  const isWhole =
    title.length <= most.title && action.length <= most.action && linesAt(most.line, action) <= most.lines;
  const isCritical = question.reasons.some(({ severity }) => severity === 'critical');
  const shown = isWhole ? action : `Too long to be shown here (${action.length} characters): Review shows all of it.`;
  return {
    title: `${timeLeft(question.deadline, now)}: ${title}`,
    body: [shown, '', ...reasons, origin, othersWait(waiting)].join('\n').trimEnd(),
    mayAllow: isWhole && !isCritical,
  };
}
