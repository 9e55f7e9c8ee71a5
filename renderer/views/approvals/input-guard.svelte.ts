// Keeps a click or a key that was meant for something else from allowing what has just come up under it.

/** Milliseconds. */
export const guardTime = 450;

export class InputGuard {
  /** False: what allows does nothing yet. */
  isReady = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Something has appeared, moved, or come to the front. */
  rearm(): void {
    this.isReady = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.isReady = true), guardTime);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
