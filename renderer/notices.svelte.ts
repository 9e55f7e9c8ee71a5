// Short notices at the window's edge: what was done, or what failed.

import { messageOf } from './message.ts';

export interface Notice {
  readonly id: number;
  readonly tone: 'good' | 'bad';
  readonly text: string;
  /** Takes back what was done. */
  readonly undo?: () => void;
}

const shownFor = 6_000;
/** Time to read it, and to change one's mind. */
const undoableFor = 15_000;

class Notices {
  all = $state.raw<readonly Notice[]>([]);
  #next = 0;

  good(text: string, undo?: () => void): void {
    this.#show({ tone: 'good', text, ...(undo === undefined ? {} : { undo }) });
  }

  /** An error, or a sentence; it stays until it is closed. */
  bad(error: unknown): void {
    this.#show({ tone: 'bad', text: typeof error === 'string' ? error : messageOf(error) });
  }

  /** Another screen is shown: what failed on the one before is no longer in sight. */
  leave(): void {
    this.all = this.all.filter(({ tone }) => tone === 'good');
  }

  close(id: number): void {
    this.all = this.all.filter((each) => each.id !== id);
  }

  #show(notice: Omit<Notice, 'id'>): void {
    const id = this.#next++;
    this.all = [...this.all.slice(-3), { ...notice, id }];
    if (notice.tone === 'good') setTimeout(() => this.close(id), notice.undo === undefined ? shownFor : undoableFor);
  }
}

export const notices = new Notices();
