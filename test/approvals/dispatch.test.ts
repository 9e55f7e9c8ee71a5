import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Channel, ChannelAnswer } from '../../src/approvals/channel.ts';
import { dispatch, type Route } from '../../src/approvals/dispatch.ts';
import type { AnswerChannel } from '../../src/contract/questions.ts';
import { given, openedApprovals } from './questions.ts';

interface Display {
  readonly id: string;
  readonly waiting: number;
  readonly signal: AbortSignal;
  /** Ends what `ask` promised. */
  resolve(answer?: ChannelAnswer): void;
}

const allow: ChannelAnswer = { verdict: 'allow', scope: { kind: 'once' }, note: '' };

/** A channel that shows what it is given; a display goes when it is withdrawn, unless the channel `hangs`. */
function channel(name: AnswerChannel, { hangs = false } = {}): Channel & { readonly shown: Display[] } {
  const shown: Display[] = [];
  return {
    name,
    shown,
    ask: ({ id }, waiting, signal) =>
      new Promise((resolve) => {
        const display: Display = {
          id,
          waiting,
          signal,
          resolve(answer) {
            if (shown.includes(display)) shown.splice(shown.indexOf(display), 1);
            resolve(answer);
          },
        };
        shown.push(display);
        if (!hangs) signal.addEventListener('abort', () => display.resolve(), { once: true });
      }),
  };
}

function cannotAsk(name: AnswerChannel): Channel & { asked: number } {
  return {
    name,
    asked: 0,
    ask() {
      this.asked++;
      return Promise.resolve(undefined);
    },
  };
}

function started(...routes: Route[]) {
  const opened = openedApprovals();
  const running = dispatch(opened.approvals, routes);
  onTestFinished(() => running[Symbol.dispose]());
  return { ...opened, running };
}

/** Everything that promises alone can do has been done. */
const settled = (): Promise<void> => new Promise(setImmediate);

test('one question at a time, in order of asking, with the number of others', async () => {
  const terminal = channel('terminal');
  const { ask, approvals } = started({ channels: [terminal], atOnce: 1 });
  const [first, second, third] = [ask(), ask({ session: 's-2' }), ask({ session: 's-3' })];
  expect(terminal.shown).toMatchObject([{ id: first.id, waiting: 0 }]);
  terminal.shown[0]!.resolve({ verdict: 'deny', scope: { kind: 'session' }, note: 'no' });
  await settled();
  expect(first.answers).toMatchObject([{ verdict: 'deny', by: 'terminal', scope: { kind: 'session' }, note: 'no' }]);
  expect(terminal.shown).toMatchObject([{ id: second.id, waiting: 1 }]);
  approvals.answer(second.id, given({ by: 'command' }));
  await settled();
  expect(terminal.shown).toMatchObject([{ id: third.id, waiting: 0 }]);
});

test('routes ask at once; the first answer wins and the other displays go at once', async () => {
  const [dialog, hook] = [channel('dialog'), channel('hook')];
  const { ask } = started({ channels: [dialog], atOnce: 1 }, { channels: [hook], atOnce: 8 });
  const { answers, id } = ask();
  const late = dialog.shown[0]!;
  expect(hook.shown).toMatchObject([{ id }]);
  hook.shown[0]!.resolve(allow);
  await settled();
  expect(late.signal.aborted).toBe(true);
  expect(dialog.shown).toEqual([]);
  expect(answers).toMatchObject([{ verdict: 'allow', by: 'hook' }]);
});

test('the display goes in the same moment in which the question ends, before anything else happens', () => {
  const dialog = channel('dialog');
  const { ask, approvals } = started({ channels: [dialog], atOnce: 1 });
  const { id } = ask();
  const { signal } = dialog.shown[0]!;
  approvals.answer(id, given());
  expect(signal.aborted).toBe(true);
});

test('the deadline and a client that leaves take the display away, too', async () => {
  const dialog = channel('dialog');
  const { ask, clock } = started({ channels: [dialog], atOnce: 2 });
  ask({ timeout: 1_000 });
  const leaving = ask({ timeout: 60_000 });
  expect(dialog.shown).toHaveLength(2);
  clock.advance(1_000);
  leaving.withdraw();
  await settled();
  expect(dialog.shown).toEqual([]);
});

test('a channel that cannot ask hands the question to the next one of its route', async () => {
  const [notification, dialog] = [cannotAsk('notification'), channel('dialog')];
  const { ask } = started({ channels: [notification, dialog], atOnce: 1 });
  const { id, answers } = ask();
  await settled();
  expect(dialog.shown).toMatchObject([{ id }]);
  dialog.shown[0]!.resolve(allow);
  await settled();
  expect(answers).toMatchObject([{ by: 'dialog' }]);
});

test('a question that ended on one channel is not handed to the next one', async () => {
  const [notification, dialog] = [channel('notification'), cannotAsk('dialog')];
  const { ask, approvals } = started({ channels: [notification, dialog], atOnce: 1 });
  approvals.answer(ask().id, given());
  await settled();
  expect(notification.shown).toEqual([]);
  expect(dialog.asked).toBe(0);
});

test('a channel that breaks its word, by a throw or a rejection, cannot ask', async () => {
  const throwing: Channel = {
    name: 'notification',
    ask() {
      throw new Error('no bus');
    },
  };
  const rejecting: Channel = { name: 'dialog', ask: () => Promise.reject(new Error('no display')) };
  const terminal = channel('terminal');
  const { ask } = started({ channels: [throwing, rejecting, terminal], atOnce: 1 });
  const { id } = ask();
  await settled();
  expect(terminal.shown).toMatchObject([{ id }]);
});

test('a hook that answers nothing leaves the others asking, and its place is free', async () => {
  const [hook, terminal] = [cannotAsk('hook'), channel('terminal')];
  const { ask } = started({ channels: [hook], atOnce: 1 }, { channels: [terminal], atOnce: 1 });
  const asked = [ask(), ask(), ask()];
  await settled();
  expect(hook.asked).toBe(3);
  expect(terminal.shown).toMatchObject([{ id: asked[0]!.id }]);
  expect(asked.map(({ answers }) => answers)).toEqual([[], [], []]);
});

test('a question that ended while it waited for its turn is never shown', async () => {
  const terminal = channel('terminal');
  const { ask } = started({ channels: [terminal], atOnce: 1 });
  ask();
  const ended = ask();
  const next = ask();
  ended.withdraw();
  terminal.shown[0]!.resolve(allow);
  await settled();
  expect(terminal.shown).toMatchObject([{ id: next.id }]);
});

test('questions that were open before are shown; after the end nothing is', async () => {
  const { approvals, ask } = openedApprovals();
  const { id, answers } = ask();
  const terminal = channel('terminal');
  const running = dispatch(approvals, [{ channels: [terminal], atOnce: 1 }]);
  expect(terminal.shown).toMatchObject([{ id }]);
  running[Symbol.dispose]();
  await settled();
  ask();
  expect(terminal.shown).toEqual([]);
  expect(answers).toEqual([]);
  expect(approvals.open()).toHaveLength(2);
});

test('a display that does not go when it is told to holds the next question up for two seconds, not for ever', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const dialog = channel('dialog', { hangs: true });
  const { ask, approvals } = started({ channels: [dialog], atOnce: 1 });
  const [first, second] = [ask(), ask()];
  approvals.answer(first.id, given());
  await vi.advanceTimersByTimeAsync(1_999);
  expect(dialog.shown).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(dialog.shown).toMatchObject([{ id: first.id }, { id: second.id }]);
  // What it says then is about a question that has ended.
  dialog.shown[0]!.resolve(allow);
  await settled();
  expect(second.answers).toEqual([]);
});

const step = fc.oneof(
  fc.record({ do: fc.constantFrom('ask' as const) }),
  fc.record({
    do: fc.constantFrom('resolve' as const, 'give up' as const),
    route: fc.nat(2),
    display: fc.nat(7),
  }),
  fc.record({ do: fc.constantFrom('answer' as const, 'withdraw' as const), question: fc.nat() }),
);

test('whatever happens: no more displays than places, only of open questions, the oldest first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const channels = [channel('dialog'), channel('terminal'), channel('hook')];
      const places = [1, 1, 3];
      const { approvals, ask, running } = started(
        ...channels.map((one, i) => ({ channels: [one], atOnce: places[i]! })),
      );
      const asked: ReturnType<typeof ask>[] = [];
      const givenUp = channels.map(() => new Set<string>());
      for (const next of steps) {
        if (next.do === 'ask') asked.push(ask());
        else if ('route' in next) {
          const { shown } = channels[next.route]!;
          const display = shown[next.display % Math.max(1, shown.length)];
          if (display !== undefined && next.do === 'give up') givenUp[next.route]!.add(display.id);
          display?.resolve(next.do === 'resolve' ? allow : undefined);
        } else if (asked.length > 0) {
          const { id, withdraw } = asked[next.question % asked.length]!;
          if (next.do === 'answer') approvals.answer(id, given());
          else withdraw();
        }
        await settled();
        for (const [i, { shown }] of channels.entries()) {
          const due = approvals.open().filter(({ id }) => !givenUp[i]!.has(id));
          const expected = due.slice(0, places[i]).map(({ id }) => id);
          expect(new Set(shown.map(({ id }) => id))).toEqual(new Set(expected));
        }
      }
      running[Symbol.dispose]();
      await approvals.close();
    }),
    { numRuns: 25 },
  );
});
