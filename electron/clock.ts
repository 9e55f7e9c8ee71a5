// Time for the shell; tests bring their own.

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Calls `wake` once, `delay` milliseconds from now at the earliest; the function it returns cancels that. */
  after(delay: number, wake: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delay, wake) {
    const timer = setTimeout(wake, delay);
    return () => clearTimeout(timer);
  },
};
