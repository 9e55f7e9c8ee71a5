// Questions, answers and grants as JSON in the store: checked when they are read, the file may be from another version.

import { z } from 'zod';
import { asMasked } from '../base/text.ts';
import type { Answer, Grant, Question } from '../contract/questions.ts';

// What lies in the store was masked before it was written: it is made of MaskedText only.
const masked = z.string().transform(asMasked);

const verdict = z.enum(['allow', 'deny']);

const scope = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('once') }),
  z.object({ kind: z.literal('session') }),
  z.object({ kind: z.literal('minutes'), minutes: z.number() }),
  z.object({ kind: z.literal('always') }),
]);

const question = z.object({
  id: z.string(),
  kind: z.enum(['tool-call', 'code']),
  tool: masked,
  action: masked,
  reasons: z.array(
    z.object({ rule: z.string(), severity: z.enum(['low', 'medium', 'high', 'critical']), reason: z.string() }),
  ),
  effects: z.object({
    runs: z.array(masked),
    writes: z.array(masked),
    hosts: z.array(masked),
    credentials: z.array(masked),
  }),
  exchange: z.string(),
  session: z.string(),
  askedAt: z.number(),
  deadline: z.number(),
  program: masked,
  folder: masked.nullable(),
  host: masked,
  model: masked.nullable(),
}) satisfies z.ZodType<Question>;

const answer = z.object({
  verdict,
  by: z.enum([
    'notification',
    'dialog',
    'terminal',
    'command',
    'window',
    'hook',
    'deadline',
    'grant',
    'repeat',
    'lost',
    'refused',
  ]),
  scope,
  note: masked.nullable(),
  at: z.number(),
}) satisfies z.ZodType<Answer>;

const grant = z.object({
  id: z.string(),
  verdict,
  scope,
  tool: masked,
  action: masked,
  program: masked,
  folder: masked.nullable(),
  session: z.string().nullable(),
  createdAt: z.number(),
  expiresAt: z.number().nullable(),
  note: masked.nullable(),
}) satisfies z.ZodType<Grant>;

export function readQuestion(json: string): Question {
  return question.parse(JSON.parse(json));
}

export function readAnswer(json: string): Answer {
  return answer.parse(JSON.parse(json));
}

export function readGrant(json: string): Grant {
  return grant.parse(JSON.parse(json));
}
