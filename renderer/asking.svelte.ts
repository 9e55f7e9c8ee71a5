// A question to the core as a screen sees it: running, answered or failed, and asked again. Subscriptions the same way.

import { onDestroy } from 'svelte';
import { messageOf } from './message.ts';

/**
 * `const list = new Asking(() => core.client.approvals.list())`; then `list.value`, `list.error`, `list.isRunning`,
 * `list.again()`. Runs at once. What it reads of the state before its first `await` is followed: it runs anew on a change.
 */
export class Asking<Value> {
  value = $state.raw<Value>();
  error = $state<string>();
  isRunning = $state(true);
  #ask: (signal: AbortSignal) => Promise<Value>;
  #now: AbortController | undefined;

  constructor(ask: (signal: AbortSignal) => Promise<Value>) {
    this.#ask = ask;
    $effect(() => {
      void this.#run();
      return () => this.#now?.abort();
    });
  }

  again(): void {
    void this.#run();
  }

  async #run(): Promise<void> {
    this.#now?.abort();
    const now = new AbortController();
    this.#now = now;
    const asked = this.#ask(now.signal);
    try {
      await Promise.resolve();
      this.isRunning = true;
      const value = await asked;
      if (now.signal.aborted) return;
      this.value = value;
      this.error = undefined;
    } catch (error) {
      if (now.signal.aborted) return;
      this.error = messageOf(error);
    }
    this.isRunning = false;
  }
}

/** Hands each event to `take` until the screen is left; begins again where the connection was lost. */
export function following<Event>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<Event>>,
  take: (event: Event) => void,
): void {
  const ended = new AbortController();
  const isOver = (): boolean => ended.signal.aborted;
  onDestroy(() => ended.abort());
  void (async () => {
    while (!isOver()) {
      try {
        for await (const event of await open(ended.signal)) {
          if (isOver()) return;
          take(event);
        }
      } catch {
        // The frame of the window says that the core is gone.
      }
      if (!isOver()) await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  })();
}
