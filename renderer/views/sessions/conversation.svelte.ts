// One session as the window holds it: its row, and those of its exchanges that were scrolled to.

import type { SessionRow, ShownExchange } from '../../../src/contract/sessions.ts';
import { core } from '../../core.svelte.ts';
import { messageOf } from '../../message.ts';

const pageSize = 10;

export class Conversation {
  readonly id: string;
  session = $state.raw<SessionRow>();
  exchanges = $state.raw<readonly ShownExchange[]>([]);
  /** Of the first exchange that is shown, from 0. */
  first = $state(0);
  total = $state(0);
  error = $state<string>();
  isMissing = $state(false);
  isRunning = $state(true);

  constructor(id: string) {
    this.id = id;
  }

  get last(): number {
    return this.first + this.exchanges.length;
  }

  /** `exchange`: begins with it. */
  async open(exchange?: string): Promise<void> {
    await this.#page(exchange === undefined || exchange === '' ? { from: 0 } : { with: exchange }, 'replace');
  }

  async later(): Promise<void> {
    if (!this.isRunning && this.last < this.total) await this.#page({ from: this.last }, 'after');
  }

  async earlier(): Promise<void> {
    if (!this.isRunning && this.first > 0) await this.#page({ from: Math.max(0, this.first - pageSize) }, 'before');
  }

  /** After something was recorded: what goes on is shown anew, and what is new behind it, where its end is shown. */
  async refresh(): Promise<void> {
    if (this.isRunning || this.last < this.total) return;
    const open = this.exchanges.findIndex(({ state }) => state === 'open');
    const kept = open < 0 ? this.exchanges.length : open;
    await this.#page({ from: this.first + kept }, 'after', kept);
  }

  async #page(
    where: { from: number } | { with: string },
    place: 'replace' | 'after' | 'before',
    kept = this.exchanges.length,
  ): Promise<void> {
    this.isRunning = true;
    try {
      const limit = place === 'before' ? Math.min(pageSize, this.first) : pageSize;
      const shown = await core.client.sessions.show({ session: this.id, limit, ...where });
      this.isMissing = shown === null;
      this.error = undefined;
      if (shown !== null) {
        const { session, exchanges, first, total } = shown;
        this.session = session;
        this.total = total;
        if (place === 'after') this.exchanges = [...this.exchanges.slice(0, kept), ...exchanges];
        else {
          this.exchanges = place === 'before' ? [...exchanges, ...this.exchanges] : exchanges;
          this.first = first;
        }
      }
    } catch (error) {
      this.error = messageOf(error);
    }
    this.isRunning = false;
  }
}
