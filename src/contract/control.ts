// What a running core says of itself, and the header that lets a caller of its loopback HTTP in.

import { z } from 'zod';

export const statusSchema = z.object({
  version: z.string(),
  pid: z.number(),
  proxy: z.string(),
  gateway: z.string(),
  ui: z.string(),
  ca: z.string(),
  mode: z.enum(['enforce', 'observe']),
  /** `asking`: a held output waits for the person. `observing`: nothing is masked or held, by the policy or for a pause. */
  state: z.enum(['on', 'asking', 'observing']),
  /** When a pause ends, in milliseconds since the Unix epoch; null: none. */
  pausedUntil: z.number().nullable(),
  policyFile: z.string(),
  policyProblems: z.array(z.object({ line: z.number(), column: z.number(), message: z.string() })),
  /** Milliseconds since the Unix epoch. */
  startedAt: z.number(),
  exchanges: z.number(),
  open: z.number(),
  findings: z.number(),
  /** Questions that wait for an answer. */
  questions: z.number(),
  /** Providers whose key Scrim holds. */
  keys: z.array(z.string()),
});
export type Status = z.infer<typeof statusSchema>;

/** The header that carries the per-run token, or a window's. */
export const tokenHeader = 'x-scrim-token';

/** The stored keys were read anew: of these providers there are some. */
export const keysChangedSchema = z.object({ providers: z.array(z.string()) });
