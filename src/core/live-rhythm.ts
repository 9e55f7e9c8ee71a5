// Many changes, few messages: whoever waits is woken at once after a rest, and at most ten times a second.

import type { TimedClock } from '../base/clock.ts';

const pause = 100;

export class Rhythm {
  readonly #clock: TimedClock;
  readonly #signal: AbortSignal | undefined;
  #hasChanged = false;
  #lastAt = -Infinity;
  #wake: (() => void) | undefined;

  constructor(clock: TimedClock, signal: AbortSignal | undefined) {
    this.#clock = clock;
    this.#signal = signal;
    signal?.addEventListener('abort', () => this.#wake?.());
  }

  changed(): void {
    if (this.#hasChanged) return;
    this.#hasChanged = true;
    this.#wake?.();
  }

  /** Resolves when something has changed; false: nobody listens any more. */
  async next(): Promise<boolean> {
    if (!this.#hasChanged && !this.#isOver) await this.#until(() => undefined);
    // The system's clock may be set back.
    const wait = Math.min(this.#lastAt + pause - this.#clock.now(), pause);
    if (wait > 0 && !this.#isOver) await this.#until((wake) => this.#clock.after(wait, wake));
    this.#lastAt = this.#clock.now();
    this.#hasChanged = false;
    return !this.#isOver;
  }

  get #isOver(): boolean {
    return this.#signal?.aborted === true;
  }

  async #until(begin: (wake: () => void) => (() => void) | undefined): Promise<void> {
    let cancel: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      cancel = begin(resolve);
    });
    this.#wake = undefined;
    cancel?.();
  }
}
