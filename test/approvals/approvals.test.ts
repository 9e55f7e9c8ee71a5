import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askRequest, delivered, given, manualClock, newFolder, openedApprovals } from './questions.ts';

const MINUTE = 60_000;

test('a question waits with all that was held, and is answered with verdict, channel and masked note', async () => {
  const { approvals, ask, clock } = openedApprovals();
  const { id, answers } = ask();
  expect(id).toMatch(/^q-[2-9a-z]{6}$/);
  const { held, exchange, session, program, folder, host, model } = askRequest();
  const question = { ...held, id, exchange, session, program, folder, host, model };
  expect(approvals.open()).toEqual([{ ...question, askedAt: clock.now(), deadline: clock.now() + MINUTE }]);
  expect(approvals.question(id)).toEqual(approvals.open()[0]);

  clock.advance(5_000);
  expect(approvals.answer(id, given({ note: ' fine, hunter2 \n' }))).toBe('taken');
  expect(answers).toEqual([]);
  await delivered();
  const answer = { verdict: 'allow', by: 'terminal', scope: { kind: 'once' }, note: 'fine, MASKED', at: clock.now() };
  expect(answers).toEqual([answer]);
  expect(approvals.open()).toEqual([]);
  expect(approvals.history(10)).toMatchObject([{ question, answer }]);
  expect(approvals.question(id)).toEqual(approvals.history(1)[0]);
});

test('a second answer is too late, an unknown id is unknown, and the first answer stands', async () => {
  const { approvals, ask } = openedApprovals();
  const { id, answers } = ask();
  expect(approvals.answer(id, given({ verdict: 'deny', by: 'dialog' }))).toBe('taken');
  expect(approvals.answer(id, given())).toBe('too-late');
  expect(approvals.answer('q-000000', given())).toBe('unknown');
  await delivered();
  expect(answers).toMatchObject([{ verdict: 'deny', by: 'dialog' }]);
  expect(approvals.history(10)).toHaveLength(1);
});

test('time-out denies once and remembers nothing; allow only where the policy says so', async () => {
  const { approvals, ask, clock } = openedApprovals();
  const denied = ask({ timeout: 60_000 });
  const allowed = ask({ timeout: 30_000, onTimeout: 'allow' });
  clock.advance(29_999);
  expect(approvals.open()).toHaveLength(2);
  clock.advance(30_001);
  await delivered();
  const scope = { kind: 'once' };
  expect(denied.answers).toEqual([{ verdict: 'deny', by: 'deadline', scope, note: null, at: clock.now() }]);
  expect(allowed.answers).toEqual([{ verdict: 'allow', by: 'deadline', scope, note: null, at: clock.now() - 30_000 }]);
  expect(approvals.grants()).toEqual([]);
  // Nothing is left that would wake the process.
  expect(clock.timers()).toBe(0);
  ask();
  expect(approvals.open()).toHaveLength(1);
});

test('an answer that comes after the deadline is too late even when no timer has run, as after a sleep', async () => {
  const clock = manualClock();
  let slept = 0;
  const sleeping = { ...clock, now: () => clock.now() + slept };
  const { approvals, ask } = openedApprovals({ clock: sleeping });
  const { id, answers } = ask({ timeout: 60_000 });
  slept = 60_000;
  expect(approvals.answer(id, given())).toBe('too-late');
  await delivered();
  expect(answers).toMatchObject([{ verdict: 'deny', by: 'deadline' }]);
});

test('after a sleep a question ends within seconds, however far its deadline was when the machine fell asleep', async () => {
  const clock = manualClock();
  let slept = 0;
  const { ask } = openedApprovals({ clock: { ...clock, now: () => clock.now() + slept } });
  const { answers } = ask({ timeout: 60 * MINUTE });
  slept = 2 * 60 * MINUTE;
  clock.advance(5_000);
  await delivered();
  expect(answers).toMatchObject([{ by: 'deadline' }]);
});

test.each([0, -1, Number.NaN])('a time-out of %d ends at once, with deny', async (timeout) => {
  const { ask, clock } = openedApprovals();
  const { answers } = ask({ timeout });
  clock.advance(0);
  await delivered();
  expect(answers).toMatchObject([{ verdict: 'deny', by: 'deadline' }]);
});

test('a client that leaves gets no answer; its question is lost and a later repeat asks again', async () => {
  const { approvals, ask } = openedApprovals();
  const first = ask({ requestKey: 'r' });
  first.withdraw();
  first.withdraw();
  await delivered();
  expect(first.answers).toEqual([]);
  expect(approvals.history(10)).toMatchObject([
    { question: { id: first.id }, answer: { verdict: 'deny', by: 'lost' } },
  ]);
  expect(approvals.answer(first.id, given())).toBe('too-late');
  const second = ask({ requestKey: 'r' });
  expect(second.id).not.toBe(first.id);
  expect(approvals.open()).toHaveLength(1);
});

test('a client that leaves between the answer and its delivery hears nothing, and the answer stays recorded', async () => {
  const { approvals, ask } = openedApprovals();
  const { id, withdraw, answers } = ask();
  approvals.answer(id, given());
  withdraw();
  await delivered();
  expect(answers).toEqual([]);
  expect(approvals.question(id)).toMatchObject({ answer: { verdict: 'allow', by: 'terminal' } });
});

test('fifty at once: each ends once, with its own answer', async () => {
  const { approvals, ask } = openedApprovals();
  const asked = Array.from({ length: 50 }, (_, i) => ask({ actionKey: `action-${i}` }));
  expect(new Set(asked.map(({ id }) => id)).size).toBe(50);
  expect(approvals.open().map(({ id }) => id)).toEqual(asked.map(({ id }) => id));
  for (const [i, { id }] of asked.entries()) approvals.answer(id, given({ verdict: i % 3 === 0 ? 'allow' : 'deny' }));
  await delivered();
  expect(asked.map(({ answers }) => answers.map(({ verdict }) => verdict))).toEqual(
    asked.map((_, i) => [i % 3 === 0 ? 'allow' : 'deny']),
  );
  expect(approvals.history(100)).toHaveLength(50);
});

test('more open questions than a person can answer are denied at once, and say why', async () => {
  const { approvals, ask } = openedApprovals();
  for (let i = 0; i < 1_000; i++) ask();
  const { id, answers } = ask();
  await delivered();
  expect(answers).toMatchObject([{ verdict: 'deny', by: 'refused', note: '1000 other questions wait for an answer.' }]);
  expect(approvals.question(id)).toMatchObject({ answer: { by: 'refused' } });
  expect(approvals.open()).toHaveLength(1_000);
});

test('listeners hear of every question and its end, in order, also when one of them answers while it is told', () => {
  const { approvals, ask, failures } = openedApprovals();
  const heard: string[] = [];
  approvals.listen({
    asked: ({ id }) => void approvals.answer(id, given()),
    answered() {
      throw new Error('a listener that fails');
    },
  });
  const stop = approvals.listen({
    asked: ({ tool }) => void heard.push(`asked ${tool}`),
    answered: (_, { verdict, by }) => void heard.push(`${verdict} by ${by}`),
  });
  ask();
  expect(heard).toEqual(['asked bash', 'allow by terminal']);
  expect(failures.map(({ message }) => message)).toEqual(['a listener that fails']);
  stop();
  ask();
  expect(heard).toHaveLength(2);
});

test('each question ends once, also when a listener looks or answers while it is told of another end', async () => {
  const { approvals, ask, clock } = openedApprovals();
  const heard: string[] = [];
  approvals.listen({
    asked: () => undefined,
    answered({ id }, { by }) {
      heard.push(`${id} ${by}`);
      for (const open of approvals.open()) approvals.answer(open.id, given());
    },
  });
  const expiring = [ask({ timeout: 1_000 }), ask({ timeout: 1_000 }), ask({ timeout: 1_000 })];
  clock.advance(1_000);
  const granted = [ask(), ask(), ask()];
  approvals.answer(granted[0]!.id, given({ scope: { kind: 'always' } }));
  const closed = [ask({ actionKey: 'b' }), ask({ actionKey: 'b' })];
  await approvals.close();
  const asked = [...expiring, ...granted, ...closed];
  expect(heard.map((line) => line.split(' ')[0])).toEqual(asked.map(({ id }) => id));
  for (const { answers } of asked) expect(answers).toHaveLength(1);
});

test('a listener that asks while the queue is being closed is denied', async () => {
  const { approvals, ask } = openedApprovals();
  const late: ReturnType<typeof ask>[] = [];
  approvals.listen({ asked: () => undefined, answered: () => void late.push(ask()) });
  ask();
  await approvals.close();
  await delivered();
  expect(late.map(({ answers }) => answers)).toMatchObject([[{ verdict: 'deny', by: 'refused' }]]);
});

test('an asker that fails takes no other one with it', async () => {
  const { approvals, ask, failures } = openedApprovals();
  approvals.ask(askRequest({ requestKey: 'r' }), () => {
    throw new Error('a client that fails');
  });
  const { id, answers } = ask({ requestKey: 'r' });
  approvals.answer(id, given());
  await delivered();
  expect(answers).toHaveLength(1);
  expect(failures.map(({ message }) => message)).toEqual(['a client that fails']);
});

test('closing ends open questions as lost, and later ones are denied', async () => {
  const { approvals, ask, clock, folder } = openedApprovals();
  const { id, answers } = ask();
  await Promise.all([approvals.close(), approvals.close()]);
  expect(answers).toMatchObject([{ verdict: 'deny', by: 'lost' }]);
  expect(clock.timers()).toBe(0);
  const late = ask();
  expect(late.answers).toEqual([]);
  await delivered();
  expect(late.answers).toMatchObject([{ verdict: 'deny', by: 'refused', note: 'Scrim is stopping.' }]);
  expect(openedApprovals({ folder, clock }).approvals.question(id)).toMatchObject({ answer: { by: 'lost' } });
});

test.each([
  ['x'.repeat(3_000), 'x'.repeat(2_000)],
  ['x'.repeat(20_001), '(A note of more than 20000 characters was left out.)'],
  ['unmaskable', '(The note could not be masked and was left out.)'],
])('a note that cannot be kept is cut or left out, and the answer counts', (note, kept) => {
  const { approvals, ask } = openedApprovals();
  const { id } = ask();
  expect(approvals.answer(id, given({ note }))).toBe('taken');
  expect(approvals.question(id)).toMatchObject({ answer: { verdict: 'allow', note: kept } });
});

test.skipIf(process.platform === 'win32')('only the owner can read the store', () => {
  const folder = newFolder();
  mkdirSync(folder, { mode: 0o755 });
  const { ask } = openedApprovals({ folder });
  ask();
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
  expect(mode(folder)).toBe('700');
  expect(['approvals.db', 'approvals.db-wal', 'approvals.db-shm'].map((file) => mode(join(folder, file)))).toEqual([
    '600',
    '600',
    '600',
  ]);
});

test('text that UTF-8 cannot say survives the store', () => {
  const { approvals, ask, folder, clock } = openedApprovals();
  const { id } = ask();
  approvals.answer(id, given({ note: 'half a pair: \ud83d, a NUL: \u0000.' }));
  expect(openedApprovals({ folder, clock }).approvals.question(id)).toMatchObject({
    answer: { note: 'half a pair: \ud83d, a NUL: \u0000.' },
  });
});
