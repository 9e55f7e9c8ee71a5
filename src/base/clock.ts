// Time comes from outside, so that tests and pure folders never read a clock.

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}

/** A clock that also wakes somebody up. */
export interface TimedClock extends Clock {
  /** Calls `wake` once, `delay` milliseconds from now at the earliest; the function it returns cancels that. */
  after(delay: number, wake: () => void): () => void;
}
