// What `scrim approvals` asks of the running instance.

import type { ScrimClient } from '../contract/contract.ts';
import type { GivenAnswer } from '../contract/procedures/approvals.ts';
import type { AnsweredQuestion, Grant, Question } from '../contract/questions.ts';
import { askInstance } from './control-client.ts';
import { CoreError } from './core-error.ts';
import { running, type Common } from './inspect.ts';

export interface Questions {
  /** In order of asking. */
  readonly open: readonly Question[];
  /** The newest first. */
  readonly ended: readonly AnsweredQuestion[];
}

const endedShown = 50;

export async function fetchQuestions(common: Common): Promise<Questions> {
  return await ask(common, async ({ approvals }) => {
    const [{ questions: open }, { answered: ended }] = await Promise.all([
      approvals.list(),
      approvals.history({ limit: endedShown }),
    ]);
    return { open, ended };
  });
}

export async function fetchGrants(common: Common): Promise<readonly Grant[]> {
  return (await ask(common, ({ approvals }) => approvals.grants())).grants;
}

/** Rejects with a sentence where the answer does not count. */
export async function giveAnswer(common: Common, id: string, answer: GivenAnswer): Promise<void> {
  const { result } = await ask(common, ({ approvals }) => approvals.answer({ id, ...answer }));
  if (result === 'too-late')
    throw new CoreError('refused', `Question ${id} has ended already; scrim approvals list says how.`);
  if (result === 'unknown')
    throw new CoreError('refused', `There is no question ${id}; scrim approvals list names them.`);
}

export async function revokeGrant(common: Common, id: string): Promise<void> {
  const { revoked } = await ask(common, ({ approvals }) => approvals.revoke({ id }));
  if (!revoked) throw new CoreError('refused', `There is no grant ${id}; scrim approvals grants names them.`);
}

async function ask<Answer>(common: Common, call: (client: ScrimClient) => Promise<Answer>): Promise<Answer> {
  return await askInstance(await running(common), call);
}
