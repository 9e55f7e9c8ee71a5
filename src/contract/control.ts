// What a shell may ask of a running core over loopback HTTP. Every request carries the per-run token.

import { z } from 'zod';

/** `GET /api/status` */
export const statusSchema = z.object({
  version: z.string(),
  pid: z.number(),
  proxy: z.string(),
  gateway: z.string(),
  ui: z.string(),
  ca: z.string(),
  mode: z.enum(['enforce', 'observe']),
  policyFile: z.string(),
  policyProblems: z.array(z.object({ line: z.number(), column: z.number(), message: z.string() })),
  /** Milliseconds since the Unix epoch. */
  startedAt: z.number(),
  exchanges: z.number(),
  open: z.number(),
  findings: z.number(),
});
export type Status = z.infer<typeof statusSchema>;

/** `POST /api/stop`: answered before the core stops. */
export const stoppingSchema = z.object({ stopping: z.literal(true) });

/** The header that carries the per-run token. */
export const tokenHeader = 'x-scrim-token';
