// What a window hears of questions: first all that waits, then each change; and nothing is missing for a slow one.

import { expect, test } from 'vitest';
import type { ApprovalsEvent } from '../../src/contract/procedures/approvals.ts';
import { watchApprovals } from '../../src/core/watch-approvals.ts';
import { given, openedApprovals } from '../approvals/questions.ts';

async function next(events: AsyncGenerator<ApprovalsEvent>): Promise<ApprovalsEvent> {
  const result = await events.next();
  if (result.done === true) throw new Error('It has ended.');
  return result.value;
}

test('what waits, a new one, a nearer deadline, an answer and its grant, in this order', async () => {
  const { approvals, ask, clock } = openedApprovals();
  const first = ask({ actionKey: 'one' });
  const ended = new AbortController();
  const events = watchApprovals(approvals, clock, ended.signal);
  expect(await next(events)).toMatchObject({ kind: 'waiting', now: clock.now(), questions: [{ id: first.id }] });

  const second = ask({ actionKey: 'two', requestKey: 'same', timeout: 60_000 });
  expect(await next(events)).toMatchObject({ kind: 'asked', question: { id: second.id } });

  // The same request again, from a client that waits for a shorter time.
  ask({ actionKey: 'two', requestKey: 'same', timeout: 5_000 });
  expect(await next(events)).toMatchObject({
    kind: 'changed',
    question: { id: second.id, deadline: clock.now() + 5_000 },
  });

  approvals.answer(second.id, given({ scope: { kind: 'session' } }));
  expect(await next(events)).toMatchObject({
    kind: 'answered',
    question: { id: second.id },
    answer: { by: 'terminal' },
  });
  expect(await next(events)).toMatchObject({ kind: 'grants' });
  const [grant] = approvals.grants();
  approvals.revoke(grant?.id ?? '');
  expect(await next(events)).toMatchObject({ kind: 'grants' });

  const waits = events.next();
  ended.abort();
  expect(await waits).toMatchObject({ done: true });
});

test('a reader that sleeps through hundreds of events is told anew what waits', async () => {
  const { approvals, ask, clock } = openedApprovals();
  const events = watchApprovals(approvals, clock, undefined);
  await next(events);
  const ids = Array.from({ length: 300 }, (_, i) => ask({ actionKey: `action ${i}`, requestKey: null }).id);
  for (const id of ids.slice(0, 250)) approvals.answer(id, given({ verdict: 'deny' }));
  const known = new Set<string>();
  let heard = 0;
  while (!(known.size === 50 && ids.slice(250).every((id) => known.has(id)))) {
    const event = await next(events);
    expect((heard += 1)).toBeLessThan(300);
    if (event.kind === 'waiting') {
      known.clear();
      for (const { id } of event.questions) known.add(id);
    } else if (event.kind === 'asked') known.add(event.question.id);
    else if (event.kind === 'answered') known.delete(event.question.id);
  }
  await events.return(undefined);
});

test('what a question ends as when nobody answers: one who wants it denied is enough', () => {
  const { approvals, ask } = openedApprovals();
  const { id } = ask({ requestKey: 'same', onTimeout: 'allow' });
  expect(approvals.atDeadline(id)).toBe('allow');
  ask({ requestKey: 'same', onTimeout: 'deny' });
  expect(approvals.atDeadline(id)).toBe('deny');
  approvals.answer(id, given());
  expect(approvals.atDeadline(id)).toBeUndefined();
});
