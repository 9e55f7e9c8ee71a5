// Who hears of questions. Every listener hears all news in the order in which they happened, even when one of them answers
// a question while it is told of it.

import type { Answer, Question } from '../contract/questions.ts';

/** Hears of the questions that a person is asked, not of those that a grant or a repeat decides at once. */
export interface QuestionListener {
  asked(question: Question): void;
  answered(question: Question, answer: Answer): void;
  /** Its deadline has come nearer. */
  changed?(question: Question): void;
  /** A grant was made or revoked. */
  grantsChanged?(): void;
}

export interface Listeners {
  add(listener: QuestionListener): () => void;
  tell(news: (listener: QuestionListener) => void): void;
}

export function createListeners(onFailure: (error: unknown) => void): Listeners {
  const listeners = new Set<QuestionListener>();
  const untold: ((listener: QuestionListener) => void)[] = [];
  let isTelling = false;
  return {
    add(listener) {
      // An object of our own: the same listener may listen twice.
      const entry: QuestionListener = {
        asked: (question) => listener.asked(question),
        answered: (question, answer) => listener.answered(question, answer),
        changed: (question) => listener.changed?.(question),
        grantsChanged: () => listener.grantsChanged?.(),
      };
      listeners.add(entry);
      return () => void listeners.delete(entry);
    },
    tell(news) {
      untold.push(news);
      if (isTelling) return;
      isTelling = true;
      for (let next = untold.shift(); next !== undefined; next = untold.shift()) tellAll(next);
      isTelling = false;
    },
  };

  function tellAll(news: (listener: QuestionListener) => void): void {
    for (const listener of [...listeners]) {
      try {
        news(listener);
      } catch (error) {
        onFailure(error);
      }
    }
  }
}
