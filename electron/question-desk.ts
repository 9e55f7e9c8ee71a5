// Brings open questions before the person, one at a time and the oldest first: as a notification, else in the window. What
// is over leaves the screen, wherever it was answered.

import { questionCard } from '../src/core/question-card.ts';
import type { Question } from '../src/contract/questions.ts';
import type { Clock } from './clock.ts';
import type { Choice, NotificationOutcome, Notifier, ShownNotice } from './notifier.ts';

export interface QuestionDesk {
  /** Those that wait now, in order of asking. */
  readonly update: (questions: readonly Question[]) => void;
  /** What is on the screen may be old, after the machine slept: it is shown anew. */
  readonly refresh: () => void;
  readonly close: () => void;
}

export interface QuestionDeskOptions {
  readonly notifier: Notifier;
  readonly clock: Clock;
  /** Tells the core; it decides whether it still counts. */
  readonly answer: (question: string, verdict: 'allow' | 'deny') => void;
  /** Shows the question in the window of its own. `focus`: the person has asked for it. */
  readonly review: (question: string, focus: boolean) => void;
}

export function createQuestionDesk({ notifier, clock, answer, review }: QuestionDeskOptions): QuestionDesk {
  let waiting: readonly Question[] = [];
  let shown: { readonly id: string; readonly notice: ShownNotice } | undefined;
  /** Brought before the person already. */
  const seen = new Set<string>();

  function update(questions: readonly Question[]): void {
    // A deadline that has passed is over, even where the core has not said so yet.
    waiting = questions.filter(({ deadline }) => deadline > clock.now());
    for (const id of seen) if (waiting.every((each) => each.id !== id)) seen.delete(id);
    if (shown !== undefined && !seen.has(shown.id)) withdraw();
    showNext();
  }

  function withdraw(): void {
    shown?.notice.withdraw();
    shown = undefined;
  }

  function showNext(): void {
    if (shown !== undefined) return;
    const question = waiting.find(({ id }) => !seen.has(id));
    if (question === undefined) return;
    const { id } = question;
    seen.add(id);
    const { title, body, mayAllow } = questionCard(question, waiting.length - 1, clock.now());
    // SECURITY: Deny comes first, and Allow only where the card may have it.
    const choices: readonly Choice[] = mayAllow ? ['deny', 'allow'] : ['deny', 'review'];
    const notice = notifier.show({ title, body, choices });
    shown = { id, notice };
    // Without a button that allows, the person would have to click twice.
    if (!notifier.hasButtons || !mayAllow) review(id, false);
    void notice.outcome.then((outcome) => ended(id, outcome, choices));
  }

  function ended(id: string, outcome: NotificationOutcome, choices: readonly Choice[]): void {
    if (shown?.id !== id) return;
    shown = undefined;
    if (outcome === 'review' || outcome === 'unavailable') review(id, outcome === 'review');
    // SECURITY: an answer that was not among the choices is none, whatever the adapter says.
    else if (outcome !== 'closed' && choices.includes(outcome)) answer(id, outcome);
    showNext();
  }

  return {
    update,
    refresh() {
      if (shown !== undefined) seen.delete(shown.id);
      withdraw();
      update(waiting);
    },
    close() {
      withdraw();
      waiting = [];
    },
  };
}
