// What `scrim approvals` asks of the running instance.

import { grantsSchema, questionsSchema, refusedSchema, tokenHeader, type GivenAnswer } from '../contract/control.ts';
import type { AnsweredQuestion, Grant, Question } from '../contract/questions.ts';
import { CoreError } from './core-error.ts';
import { running, type Common } from './inspect.ts';

export interface Questions {
  /** In order of asking. */
  readonly open: readonly Question[];
  /** The newest first. */
  readonly ended: readonly AnsweredQuestion[];
}

export async function fetchQuestions(common: Common): Promise<Questions> {
  return questionsSchema.parse(await request(common, 'GET', '/api/questions'));
}

export async function fetchGrants(common: Common): Promise<readonly Grant[]> {
  return grantsSchema.parse(await request(common, 'GET', '/api/grants')).grants;
}

/** Rejects with a sentence where the answer does not count. */
export async function giveAnswer(common: Common, id: string, answer: GivenAnswer): Promise<void> {
  await request(common, 'POST', `/api/questions/${encodeURIComponent(id)}`, answer);
}

export async function revokeGrant(common: Common, id: string): Promise<void> {
  await request(common, 'DELETE', `/api/grants/${encodeURIComponent(id)}`);
}

async function request(common: Common, method: string, path: string, body?: object): Promise<unknown> {
  const { ui, controlToken } = await running(common);
  if (ui === null) throw new CoreError('not-running', 'The running Scrim has no control interface; end its process.');
  const response = await fetch(ui + path, {
    method,
    headers: { [tokenHeader]: controlToken },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const reply: unknown = await response.json().catch(() => undefined);
  if (response.ok) return reply;
  const refused = refusedSchema.safeParse(reply);
  throw new CoreError(
    'refused',
    refused.success ? refused.data.error : `The running Scrim refused (${response.status}); start it again.`,
  );
}
