import { expect, test } from 'vitest';
import type { AnswerScope } from '../../src/contract/questions.ts';
import { delivered, given, openedApprovals } from './questions.ts';

const MINUTE = 60_000;
const always: AnswerScope = { kind: 'always' };

test('once is never remembered', () => {
  const { approvals, ask } = openedApprovals();
  approvals.answer(ask().id, given());
  expect(approvals.grants()).toEqual([]);
  ask();
  expect(approvals.open()).toHaveLength(1);
});

test('always holds for the same action in every session and after a restart, never for another action of the same tool', async () => {
  const { approvals, ask, clock, folder } = openedApprovals();
  approvals.answer(ask().id, given({ scope: always, note: 'build folder' }));
  expect(approvals.grants()).toMatchObject([
    {
      verdict: 'allow',
      scope: always,
      tool: 'bash',
      action: 'rm -rf build',
      program: 'claude',
      folder: '~/code/shop',
      session: null,
      createdAt: clock.now(),
      expiresAt: null,
      note: 'build folder',
    },
  ]);
  await approvals.close();

  const again = openedApprovals({ folder, clock });
  const same = again.ask({ session: 's-2' });
  expect(same.answers).toEqual([]);
  await delivered();
  expect(same.answers).toMatchObject([{ verdict: 'allow', by: 'grant', note: 'build folder' }]);
  expect(again.approvals.question(same.id)).toMatchObject({ answer: { by: 'grant' } });
  again.ask({ actionKey: 'action-2' });
  expect(again.approvals.open()).toHaveLength(1);
});

test('a grant for a session ends with the session', async () => {
  const { approvals, ask } = openedApprovals();
  approvals.answer(ask().id, given({ verdict: 'deny', scope: { kind: 'session' } }));
  expect(approvals.grants()).toMatchObject([{ verdict: 'deny', session: 's-1' }]);
  const same = ask();
  const other = ask({ session: 's-2' });
  await delivered();
  expect(same.answers).toMatchObject([{ verdict: 'deny', by: 'grant' }]);
  expect(other.answers).toEqual([]);
});

test('a grant for minutes ends by the clock and is no longer listed', async () => {
  const { approvals, ask, clock } = openedApprovals();
  approvals.answer(ask().id, given({ scope: { kind: 'minutes', minutes: 5 } }));
  expect(approvals.grants()).toMatchObject([{ expiresAt: clock.now() + 5 * MINUTE }]);
  clock.advance(5 * MINUTE - 1);
  const within = ask();
  clock.advance(1);
  const after = ask();
  await delivered();
  expect(within.answers).toMatchObject([{ verdict: 'allow', by: 'grant' }]);
  expect(after.answers).toEqual([]);
  expect(approvals.grants()).toEqual([]);
});

test.each([0, -5, Number.NaN])('%d minutes hold once', (minutes) => {
  const { approvals, ask } = openedApprovals();
  const { id } = ask();
  approvals.answer(id, given({ scope: { kind: 'minutes', minutes } }));
  expect(approvals.question(id)).toMatchObject({ answer: { scope: { kind: 'once' } } });
  expect(approvals.grants()).toEqual([]);
});

test('a revoked grant decides nothing any more, not even for a repeat of the request it was given for', () => {
  const { approvals, ask } = openedApprovals();
  approvals.answer(ask({ requestKey: 'r' }).id, given({ scope: always }));
  const [grant] = approvals.grants();
  expect(approvals.revoke(grant!.id)).toBe(true);
  expect(approvals.revoke(grant!.id)).toBe(false);
  expect(approvals.grants()).toEqual([]);
  ask({ requestKey: 'r' });
  expect(approvals.open()).toHaveLength(1);
});

test('a grant answers the other open questions for the same action, within its scope', async () => {
  const { approvals, ask } = openedApprovals();
  const first = ask();
  const [same, otherSession, otherAction] = [ask(), ask({ session: 's-2' }), ask({ actionKey: 'action-2' })];
  const heard: string[] = [];
  approvals.listen({ asked: () => undefined, answered: ({ id }, { by }) => void heard.push(`${id} ${by}`) });
  expect(approvals.answer(first.id, given({ scope: { kind: 'session' } }))).toBe('taken');
  await delivered();
  expect(same.answers).toMatchObject([{ verdict: 'allow', by: 'grant' }]);
  expect(heard).toEqual([`${first.id} terminal`, `${same.id} grant`]);
  expect(approvals.open().map(({ id }) => id)).toEqual([otherSession.id, otherAction.id]);
  expect(approvals.grants()).toHaveLength(1);
});

test('what a person said last holds', async () => {
  const { approvals, ask, clock } = openedApprovals();
  const [first, second] = [ask({ session: 's-1' }), ask({ session: 's-2' })];
  approvals.answer(first.id, given({ scope: { kind: 'session' } }));
  clock.advance(1);
  approvals.answer(second.id, given({ verdict: 'deny', scope: always }));
  const later = ask({ session: 's-1' });
  await delivered();
  expect(later.answers).toMatchObject([{ verdict: 'deny', by: 'grant' }]);
  expect(approvals.grants().map(({ scope }) => scope.kind)).toEqual(['always', 'session']);
});

test('the last word counts, too, when it was said about the request and a grant for the session is older', async () => {
  const { approvals, ask, clock } = openedApprovals();
  approvals.answer(ask({ session: 's-1' }).id, given({ scope: { kind: 'session' } }));
  clock.advance(1);
  approvals.answer(ask({ session: 's-2', requestKey: 'r' }).id, given({ verdict: 'deny' }));
  const [repeat, other] = [ask({ session: 's-1', requestKey: 'r' }), ask({ session: 's-1', requestKey: 'r2' })];
  await delivered();
  expect(repeat.answers).toMatchObject([{ verdict: 'deny', by: 'repeat' }]);
  expect(other.answers).toMatchObject([{ verdict: 'allow', by: 'grant' }]);
});

test('a client that leaves before a grant is delivered hears nothing', async () => {
  const { approvals, ask } = openedApprovals();
  approvals.answer(ask().id, given({ scope: always }));
  const { withdraw, answers } = ask();
  withdraw();
  await delivered();
  expect(answers).toEqual([]);
});

test('a repeat of the request gets the verdict of the first without a question, for ten minutes', async () => {
  const { approvals, ask, clock } = openedApprovals();
  const first = ask({ requestKey: 'r', onTimeout: 'deny' });
  approvals.answer(first.id, given({ verdict: 'deny', note: 'not today' }));
  clock.advance(10 * MINUTE - 1);
  const repeat = ask({ requestKey: 'r', exchange: 'x-2' });
  const otherAction = ask({ requestKey: 'r', actionKey: 'action-2' });
  const otherRequest = ask({ requestKey: 'r2' });
  const unknownRequest = ask({ requestKey: null });
  expect(repeat.answers).toEqual([]);
  await delivered();
  expect(repeat.answers).toMatchObject([{ verdict: 'deny', by: 'repeat', note: 'not today' }]);
  expect(approvals.open().map(({ id }) => id)).toEqual([otherAction.id, otherRequest.id, unknownRequest.id]);
  // A repeat does not make the time longer.
  clock.advance(1);
  const late = ask({ requestKey: 'r' });
  await delivered();
  expect(late.answers).toEqual([]);
});

test('nobody answered: the repeat is denied, too, also after a restart', async () => {
  const { approvals, ask, clock, folder } = openedApprovals();
  const first = ask({ requestKey: 'r' });
  clock.advance(MINUTE);
  await approvals.close();
  expect(first.answers).toMatchObject([{ by: 'deadline' }]);
  const repeat = openedApprovals({ folder, clock }).ask({ requestKey: 'r' });
  await delivered();
  expect(repeat.answers).toMatchObject([{ verdict: 'deny', by: 'repeat' }]);
});

test('a repeat holds no longer than the minutes that the person gave', async () => {
  const { approvals, ask, clock } = openedApprovals();
  approvals.answer(ask({ requestKey: 'r' }).id, given({ scope: { kind: 'minutes', minutes: 2 } }));
  clock.advance(2 * MINUTE);
  ask({ requestKey: 'r' });
  await delivered();
  expect(approvals.open()).toHaveLength(1);
});

test('a repeat joins the open question: one question, both are answered, and it stays while one of them waits', async () => {
  const { approvals, ask } = openedApprovals();
  const asked: string[] = [];
  approvals.listen({ asked: ({ id }) => void asked.push(id), answered: () => undefined });
  const [first, second, third] = [
    ask({ requestKey: 'r' }),
    ask({ requestKey: 'r', exchange: 'x-2' }),
    ask({ requestKey: 'r', exchange: 'x-3' }),
  ];
  expect(asked).toEqual([first.id]);
  first.withdraw();
  expect(approvals.open()).toHaveLength(1);
  approvals.answer(third.id, given());
  await delivered();
  expect(first.answers).toEqual([]);
  expect(second.answers).toMatchObject([{ verdict: 'allow', by: 'terminal' }]);
  expect(third.answers).toEqual(second.answers);
  expect(approvals.history(10)).toHaveLength(1);
});

test('of several that wait for one question the least patient one sets the deadline, and one deny makes it deny', async () => {
  const { approvals, ask, clock } = openedApprovals();
  const first = ask({ requestKey: 'r', timeout: 60_000, onTimeout: 'deny' });
  ask({ requestKey: 'r', timeout: 20_000, onTimeout: 'allow' });
  expect(approvals.open()).toMatchObject([{ deadline: clock.now() + 20_000 }]);
  ask({ requestKey: 'r', timeout: 90_000, onTimeout: 'allow' });
  clock.advance(20_000);
  await delivered();
  expect(first.answers).toMatchObject([{ verdict: 'deny', by: 'deadline' }]);
});
