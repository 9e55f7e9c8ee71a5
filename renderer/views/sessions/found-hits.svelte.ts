// What a search found, page by page, and how much there is of it.

import type { FoundExchange } from '../../../src/contract/sessions.ts';
import { core } from '../../core.svelte.ts';
import { messageOf } from '../../message.ts';

const pageSize = 50;

export class FoundHits {
  hits = $state.raw<readonly FoundExchange[]>([]);
  /** What is wrong with the query, or with the search. */
  problem = $state<string>();
  isRunning = $state(false);
  /** The whole number; `isMore`: at least so many. */
  total = $state<{ readonly hits: number; readonly isMore: boolean }>();
  isAtEnd = $state(false);
  #query = '';
  #cursor: string | undefined;
  #turn: AbortController | undefined;

  search(query: string): void {
    this.#turn?.abort();
    const turn = new AbortController();
    this.#turn = turn;
    this.#query = query;
    this.#cursor = undefined;
    this.total = undefined;
    this.isAtEnd = false;
    void this.#page(turn, []);
    core.client.sessions.count({ query }, { signal: turn.signal }).then(
      (total) => {
        if (!turn.signal.aborted) this.total = total;
      },
      // The page says what is wrong.
      () => undefined,
    );
  }

  more(): void {
    if (this.isRunning || this.isAtEnd || this.#turn === undefined || this.problem !== undefined) return;
    void this.#page(this.#turn, this.hits);
  }

  stop(): void {
    this.#turn?.abort();
  }

  async #page(turn: AbortController, before: readonly FoundExchange[]): Promise<void> {
    this.isRunning = true;
    try {
      const { hits, cursor, problem } = await core.client.sessions.search(
        { query: this.#query, limit: pageSize, ...(this.#cursor === undefined ? {} : { cursor: this.#cursor }) },
        { signal: turn.signal },
      );
      if (turn.signal.aborted) return;
      this.hits = [...before, ...hits];
      this.#cursor = cursor ?? undefined;
      this.isAtEnd = cursor === null;
      this.problem = problem ?? undefined;
      this.isRunning = false;
    } catch (error) {
      if (turn.signal.aborted) return;
      this.problem = messageOf(error);
      this.hits = [];
      this.isRunning = false;
    }
  }
}
