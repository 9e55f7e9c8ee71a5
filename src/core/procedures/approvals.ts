// Questions that wait, answers, and grants.

import type { Approvals } from '../../approvals/approvals.ts';
import type { AnswerResult } from '../../contract/procedures/approvals.ts';
import type { Answer, AnswerChannel, Question } from '../../contract/questions.ts';
import { answeredPage } from '../approval-history.ts';
import { questionContext } from '../question-context.ts';
import { watchApprovals } from '../watch-approvals.ts';
import { os, type Caller } from './implementer.ts';
import type { CoreParts } from './parts.ts';

/** What stands in the history as the way in which the person answered. */
const channelOf: Readonly<Record<Caller['kind'], AnswerChannel>> = {
  window: 'window',
  shell: 'notification',
  command: 'command',
};

const mostGrants = 1_000;

export function approvalsProcedures({ approvals, clock, log }: CoreParts) {
  return {
    list: os.approvals.list.handler(() => ({ now: clock.now(), questions: approvals.open() })),
    watch: os.approvals.watch.handler(({ signal }) => watchApprovals(approvals, clock, signal)),
    answer: os.approvals.answer.handler(({ input: { id, ...given }, context }): AnswerResult => {
      const result = approvals.answer(id, { ...given, by: channelOf[context.caller.kind] });
      return result === 'too-late' ? { result, answer: endOf(approvals, id)?.answer ?? null } : { result };
    }),
    history: os.approvals.history.handler(({ input }) => answeredPage(approvals, input)),
    question: os.approvals.question.handler(({ input }) => endOf(approvals, input.id)),
    context: os.approvals.context.handler(({ input }) => {
      const found = endOf(approvals, input.id);
      const record = found === null ? undefined : log.exchange(found.question.exchange);
      return { ...questionContext(record), atDeadline: approvals.atDeadline(input.id) ?? null };
    }),
    grants: os.approvals.grants.handler(() => {
      const grants = approvals.grants();
      return { now: clock.now(), grants: grants.slice(0, mostGrants), total: grants.length };
    }),
    revoke: os.approvals.revoke.handler(({ input }) => ({ revoked: approvals.revoke(input.id) })),
  };
}

function endOf(approvals: Approvals, id: string): { question: Question; answer: Answer | null } | null {
  const found = approvals.question(id);
  if (found === undefined) return null;
  return 'answer' in found ? found : { question: found, answer: null };
}
