// The questions on the screen: those that wait, and those that have ended since it was opened. The one that is looked at stays
// where it is, whatever comes or goes.

import type { ScrimClient } from '../../../src/contract/contract.ts';
import type { ApprovalsEvent, GivenAnswer } from '../../../src/contract/procedures/approvals.ts';
import type { Answer, Question } from '../../../src/contract/questions.ts';

export interface Card {
  readonly question: Question;
  /** Null: it waits. */
  readonly answer: Answer | null;
  /** It has ended, and how is not known. */
  readonly isGone: boolean;
}

type Approvals = Pick<ScrimClient['approvals'], 'answer' | 'question'>;

/** Ended ones that stay in the list until the person goes on. */
const mostEnded = 20;

export class Inbox {
  /** In order of asking. */
  cards = $state.raw<readonly Card[]>([]);
  /** False: the first answer of the core has not come. */
  isLoaded = $state(false);
  /** The id that the person looks at. */
  chosen = $state<string>();
  /** What `chosen` names is in no store. */
  isUnknown = $state(false);
  /** Rises with every change of the grants. */
  grantsChanged = $state(0);
  /** Rises when one has ended. */
  ended = $state(0);
  /** How far the core's clock is ahead of this one, in milliseconds. */
  #ahead = $state(0);
  #now = $state(Date.now());
  #approvals: () => Approvals;

  constructor(approvals: () => Approvals) {
    this.#approvals = approvals;
  }

  /** By the core's clock, to the last tick. */
  get now(): number {
    return this.#now + this.#ahead;
  }

  // No deriveds: an answer may come back when the screen is left.
  get waiting(): readonly Card[] {
    return this.cards.filter(isWaiting);
  }

  get card(): Card | undefined {
    return this.cards.find(({ question }) => question.id === this.chosen);
  }

  tick(): void {
    this.#now = Date.now();
  }

  take(event: ApprovalsEvent): void {
    this.#ahead = event.now - Date.now();
    this.tick();
    switch (event.kind) {
      case 'waiting':
        return this.#takeAll(event.questions);
      case 'asked':
      case 'changed':
        return this.#put({ question: event.question, answer: null, isGone: false });
      case 'answered':
        this.ended += 1;
        return this.#put({ question: event.question, answer: event.answer, isGone: false });
      case 'grants':
        this.grantsChanged += 1;
    }
  }

  /** Looks at this one; ended ones that nobody looks at any more leave the list. */
  choose(id: string | undefined): void {
    this.isUnknown = false;
    if (id !== this.chosen) this.cards = this.cards.filter((card) => isWaiting(card) || card.question.id === id);
    this.chosen = id;
    if (id !== undefined && this.isLoaded && this.card === undefined) void this.#lookUp(id);
  }

  /** The next one that waits, or the one before (`-1`); undefined: there is none. */
  neighbour(step: 1 | -1): string | undefined {
    const place = this.cards.findIndex(({ question }) => question.id === this.chosen);
    if (place === -1) return this.waiting[0]?.question.id;
    for (let at = place + step; at >= 0 && at < this.cards.length; at += step) {
      const card = this.cards[at];
      if (card !== undefined && isWaiting(card)) return card.question.id;
    }
    return undefined;
  }

  /** Resolves with a sentence where the answer does not count; rejects where the core refuses it. */
  async answer(id: string, given: GivenAnswer): Promise<string | undefined> {
    const reply = await this.#approvals().answer({ id, ...given });
    if (reply.result === 'taken') return undefined;
    this.#end(id, reply.result === 'too-late' ? reply.answer : null);
    return reply.result === 'too-late'
      ? 'Your answer came too late: this question has ended already.'
      : 'Scrim knows no such question any more; look in the history.';
  }

  #takeAll(questions: readonly Question[]): void {
    const missed = this.waiting.filter(({ question }) => questions.every(({ id }) => id !== question.id));
    this.isLoaded = true;
    for (const { question } of missed) {
      this.#end(question.id, null);
      void this.#lookUp(question.id);
    }
    for (const question of questions) this.#put({ question, answer: null, isGone: false });
    if (this.chosen !== undefined && this.card === undefined) void this.#lookUp(this.chosen);
  }

  /** How one ended that this screen has not seen end. */
  async #lookUp(id: string): Promise<void> {
    try {
      const found = await this.#approvals().question({ id });
      if (found === null) this.isUnknown ||= this.chosen === id && this.card === undefined;
      else if (found.answer !== null || this.chosen === id) this.#put({ ...found, isGone: false });
    } catch {
      // The frame of the window says that the core is gone.
    }
  }

  #end(id: string, answer: Answer | null): void {
    const card = this.cards.find(({ question }) => question.id === id);
    if (card !== undefined && isWaiting(card)) this.#put({ ...card, answer, isGone: answer === null });
  }

  #put(card: Card): void {
    const { id } = card.question;
    const place = this.cards.findIndex(({ question }) => question.id === id);
    const cards = place === -1 ? [...this.cards, card] : this.cards.with(place, card);
    const ended = cards.filter((each) => !isWaiting(each) && each.question.id !== this.chosen);
    const surplus = ended.slice(0, Math.max(0, ended.length - mostEnded));
    this.cards = cards.filter((each) => !surplus.includes(each));
  }
}

export function isWaiting({ answer, isGone }: Card): boolean {
  return answer === null && !isGone;
}
