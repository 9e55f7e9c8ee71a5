// What a shell may ask of a running core over loopback HTTP. Every request carries the per-run token.

import { z } from 'zod';
import type { AnsweredQuestion, Grant, Question } from './questions.ts';

/** `GET /api/status` */
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

/** `POST /api/stop`: answered before the core stops. */
export const stoppingSchema = z.object({ stopping: z.literal(true) });

/** The header that carries the per-run token. */
export const tokenHeader = 'x-scrim-token';

const held = z.custom<Question>((value) => typeof value === 'object' && value !== null);

/** `GET /api/questions`: those that wait, in order of asking, and the newest that have ended. */
export const questionsSchema = z.object({
  open: z.array(held),
  ended: z.array(z.custom<AnsweredQuestion>((value) => typeof value === 'object' && value !== null)),
});

export const answerScopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('once') }),
  z.strictObject({ kind: z.literal('session') }),
  z.strictObject({
    kind: z.literal('minutes'),
    minutes: z.number().positive().max(525_600),
  }),
  z.strictObject({ kind: z.literal('always') }),
]);

/** `POST /api/questions/ID`: an answer. 200 taken, 403 not from this process, 404 unknown, 409 too late; `error` is a sentence. */
export const givenAnswerSchema = z.strictObject({
  verdict: z.enum(['allow', 'deny']),
  scope: answerScopeSchema,
  note: z.string().max(2_000),
});
export type GivenAnswer = z.infer<typeof givenAnswerSchema>;

/** What `POST /api/reveals/EXCHANGE` answers with 403: this process may not be shown what was masked. 200: it may. Both are on record. */
export const refusedSchema = z.object({ error: z.string() });

/** `GET /api/grants`; `DELETE /api/grants/ID` revokes one. */
export const grantsSchema = z.object({
  grants: z.array(z.custom<Grant>((value) => typeof value === 'object' && value !== null)),
});

/** `POST /api/tokens`: a local token that lives as long as the connection. One line; the response does not end. */
export const runTokenSchema = z.object({ token: z.string(), providers: z.array(z.string()) });

/** `POST /api/keys/changed`: the stored keys are read anew. */
export const keysChangedSchema = z.object({ providers: z.array(z.string()) });
