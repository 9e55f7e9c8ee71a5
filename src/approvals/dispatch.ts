// Shows open questions on the channels there are.

import type { Channel } from './channel.ts';

export interface Route {
  /** A fallback chain: a channel that cannot ask hands the question to the next one. */
  readonly channels: readonly Channel[];
  /** How many questions are shown at a time. */
  readonly atOnce: number;
}
