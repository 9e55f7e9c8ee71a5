// Time comes from outside, so that tests and pure folders never read a clock.

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
}
