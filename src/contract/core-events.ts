// What a running core tells its shell, one object an event. `scrim serve --json` prints them as they are.

import { z } from 'zod';

const readyEventSchema = z.object({
  event: z.literal('ready'),
  /** `http://127.0.0.1:8877` */
  proxy: z.string(),
  gateway: z.string(),
  ui: z.string(),
  /** Path of the certificate file that clients must trust. */
  ca: z.string(),
  pid: z.number(),
});
export type ReadyEvent = z.infer<typeof readyEventSchema>;

const exchangeEventSchema = z.object({
  event: z.literal('exchange'),
  id: z.string(),
  session: z.string(),
  method: z.string(),
  host: z.string(),
  path: z.string(),
  dialect: z.string(),
  status: z.number().nullable(),
  state: z.enum(['done', 'failed', 'cut']),
  failure: z.string().nullable(),
  findings: z.number(),
  /** Milliseconds. */
  duration: z.number(),
});

const findingEventSchema = z.object({
  event: z.literal('finding'),
  exchange: z.string(),
  side: z.enum(['request', 'response']),
  rule: z.string(),
  kind: z.string(),
  severity: z.string(),
  channel: z.string(),
  fingerprint: z.string(),
});

const policyEventSchema = z.object({
  event: z.literal('policy'),
  /** False: the file is not valid and the policy before it stays in force. */
  ok: z.boolean(),
  problems: z.array(z.object({ line: z.number(), column: z.number(), message: z.string() })),
  /** The certificate file changed with it: clients must be started anew. */
  certificateChanged: z.boolean(),
});

const questionEventSchema = z.object({
  event: z.literal('question'),
  id: z.string(),
  exchange: z.string(),
  session: z.string(),
  /** Milliseconds since the Unix epoch. */
  deadline: z.number(),
  kind: z.enum(['tool-call', 'code']),
  tool: z.string(),
  action: z.string(),
  program: z.string(),
  folder: z.string().nullable(),
  reasons: z.array(z.object({ rule: z.string(), severity: z.string(), reason: z.string() })),
});

const answeredEventSchema = z.object({
  event: z.literal('answered'),
  id: z.string(),
  exchange: z.string(),
  verdict: z.enum(['allow', 'deny']),
  /** `terminal`, `notification`, `deadline`, `lost`, … */
  by: z.string(),
  note: z.string().nullable(),
});

const failureEventSchema = z.object({
  event: z.literal('failure'),
  code: z.string(),
  message: z.string(),
});

const pauseEventSchema = z.object({
  event: z.literal('pause'),
  /** Milliseconds since the Unix epoch; null: the pause is over. */
  until: z.number().nullable(),
});

export const coreEventSchema = z.discriminatedUnion('event', [
  readyEventSchema,
  exchangeEventSchema,
  findingEventSchema,
  policyEventSchema,
  questionEventSchema,
  answeredEventSchema,
  failureEventSchema,
  pauseEventSchema,
]);
export type CoreEvent = z.infer<typeof coreEventSchema>;
