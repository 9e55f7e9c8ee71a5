import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { terminalChannel } from '../../../src/approvals/channels/terminal.ts';
import type { Question } from '../../../src/contract/questions.ts';
import { handClock, questionWith } from './questions.ts';
import { createScreen } from './screen.ts';

function rig({ othersType = false } = {}) {
  const clock = handClock(1_000_000);
  const input = new PassThrough();
  const output = new PassThrough();
  const state = { isTaken: false, opened: 0, closed: 0 };
  const screen = createScreen();
  output.on('data', (part: Buffer) => screen.show(part.toString('utf8')));
  const channel = terminalChannel({
    clock,
    open: () => {
      state.opened++;
      const close = (): void => {
        state.closed++;
      };
      return Promise.resolve({ input, output, othersType, isTaken: () => Promise.resolve(state.isTaken), close });
    },
  });
  const question = (parts = {}): Question => questionWith({ askedAt: clock.now(), ...parts });
  return {
    clock,
    input,
    state,
    question,
    text: () => screen.text(),
    sees: (pattern: RegExp) => screen.sees(pattern),
    /** Asks, and resolves when the question stands on the screen. */
    ask: async (asked: Question = question(), waiting = 0, withdrawn = new AbortController()) => {
      const armed = clock.armed(50);
      const answer = channel.ask(asked, waiting, withdrawn.signal);
      await armed;
      // What was typed ahead is read in a turn of its own.
      while (input.readableLength > 0) await new Promise(setImmediate);
      clock.advance(50);
      await screen.sees(PROMPT);
      return { answer, withdrawn };
    },
    start: (asked: Question, withdrawn = new AbortController()) => channel.ask(asked, 0, withdrawn.signal),
    type: (line: string) => input.write(line),
  };
}

const PROMPT = /Approve\?.*\n> /;

describe('the terminal', () => {
  test('shows all of it, with what would play tricks written out, and takes an answer', async () => {
    const { question, ask, type, text, input, state } = rig();
    const { answer } = await ask(question({ action: 'ls\u001b[2K\rrm -rf ~\n\u202e' }), 2);
    expect(text()).toContain('Run the tool Bash, for claude?\nclaude in /home/me/shop');
    expect(text()).toContain('│ ls<U+001B>[2K<U+000D>rm -rf ~\n│ <U+202E>\n');
    expect(text()).toContain('2 more questions wait.\nApprove?');
    expect(text()).toContain('(60 s left).');
    type('y\n');
    expect(await answer).toEqual({ verdict: 'allow', scope: { kind: 'once' }, note: '' });
    expect(input.isPaused()).toBe(true);
    expect(state).toMatchObject({ opened: 1, closed: 1 });
  });

  test.each([
    ['\n', { verdict: 'deny', scope: { kind: 'once' }, note: '' }],
    ['\r', { verdict: 'deny', scope: { kind: 'once' }, note: '' }],
    ['n not on Fridays\r\n', { verdict: 'deny', scope: { kind: 'once' }, note: 'not on Fridays' }],
    ['s\n', { verdict: 'allow', scope: { kind: 'session' }, note: '' }],
    ['m 5\n', { verdict: 'allow', scope: { kind: 'minutes', minutes: 5 }, note: '' }],
    ['a\n', { verdict: 'allow', scope: { kind: 'always' }, note: '' }],
  ])('%j', async (typed, expected) => {
    const { ask, type } = rig();
    const { answer } = await ask();
    for (const character of typed) type(character);
    expect(await answer).toEqual(expected);
  });

  test('help and what it does not understand ask again', async () => {
    const { ask, type, text, sees } = rig();
    const { answer } = await ask();
    for (const typed of ['?\n', 'sure, why not\n']) {
      type(typed);
      await sees(PROMPT);
    }
    expect(text()).toMatch(/always approve exactly this action[^]*Approve\?[^]*none of the answers[^]*Approve\?/);
    type('n\n');
    expect(await answer).toMatchObject({ verdict: 'deny' });
  });

  test('what was typed before the question stood there does not answer it', async () => {
    const { ask, type } = rig();
    type('y\n');
    const { answer } = await ask();
    type('n\n');
    expect(await answer).toMatchObject({ verdict: 'deny' });
  });

  test('where others can type, an approval repeats the number on the screen', async () => {
    const { ask, type, text, sees } = rig({ othersType: true });
    const { answer } = await ask();
    const code = /as in: y (\d{3})\n/.exec(text())?.[1] ?? '';
    type('y\n');
    await sees(PROMPT);
    type(`y ${code}\n`);
    expect(await answer).toMatchObject({ verdict: 'allow' });
  });

  test('answered elsewhere: it says so and reads no further', async () => {
    const { ask, type, text, input, state } = rig();
    const { answer, withdrawn } = await ask();
    withdrawn.abort();
    expect(await answer).toBeUndefined();
    expect(text()).toMatch(/Answered elsewhere\.\n$/);
    type('y\n');
    expect(input.isPaused()).toBe(true);
    expect(input.listenerCount('data')).toBe(0);
    expect(state.closed).toBe(1);
  });

  test('the deadline: it says so; before, it says twice how long is left', async () => {
    const { ask, clock, text, sees, question } = rig();
    const { answer } = await ask(question({ lasts: 60_000 }));
    for (const [step, left] of [
      [29_950, '30 s left'],
      [20_000, '10 s left'],
    ] as const) {
      clock.advance(step);
      await sees(PROMPT);
      expect(text()).toContain(left);
    }
    clock.advance(10_000);
    expect(await answer).toBeUndefined();
    expect(text()).toMatch(/Nobody answered in time\.\n$/);
  });

  test('a client that takes the terminal over keeps it', async () => {
    const { ask, clock, state } = rig();
    const { answer } = await ask();
    state.isTaken = true;
    clock.advance(29_950);
    expect(await answer).toBeUndefined();
  });

  test('the terminal goes away', async () => {
    const { ask, input } = rig();
    const { answer } = await ask();
    input.end();
    expect(await answer).toBeUndefined();
  });

  test('of two questions, the second is asked when the first has its answer', async () => {
    const { ask, start, question, type, text, clock, sees } = rig();
    const first = await ask();
    const second = start(question({ action: 'the second' }));
    expect(text()).not.toContain('the second');
    const armed = clock.armed(50);
    type('y\n');
    expect(await first.answer).toMatchObject({ verdict: 'allow' });
    await armed;
    clock.advance(50);
    await sees(PROMPT);
    expect(text()).toContain('│ the second');
    type('n\n');
    expect(await second).toMatchObject({ verdict: 'deny' });
  });

  test('withdrawn before it was shown: nothing is', async () => {
    const { start, question, text } = rig();
    const withdrawn = new AbortController();
    withdrawn.abort();
    expect(await start(question(), withdrawn)).toBeUndefined();
    expect(text()).toBe('');
  });

  test('no terminal, or one that fails to open', async () => {
    const signal = new AbortController().signal;
    const { clock } = rig();
    for (const open of [() => Promise.resolve(undefined), () => Promise.reject(new Error('no'))])
      expect(await terminalChannel({ clock, open }).ask(questionWith(), 0, signal)).toBeUndefined();
  });
});
