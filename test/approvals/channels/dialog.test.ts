// zenity on a real X display: real clicks, real keys.

import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dialogChannel } from '../../../src/approvals/channels/dialog.ts';
import type { Question } from '../../../src/contract/questions.ts';
import { startDisplay, type TestDisplay, type TestWindow } from '../../support/desktop-display.ts';
import { missingProgram } from '../../support/programs.ts';
import { handClock, questionWith, systemClock } from './questions.ts';

const missing =
  missingProgram('sh', '-c', 'command -v xdotool') ??
  missingProgram('sh', '-c', 'command -v Xvfb') ??
  missingProgram('import', '-version') ??
  missingProgram('sh', '-c', 'command -v zenity');

const long = Array.from({ length: 60 }, (_, i) => `step ${i} <b>&amp;</b> $(id) \\n`).join('\n');
const once = { kind: 'once' };

describe.skipIf(missing !== undefined)('the dialog', () => {
  let display: TestDisplay;
  let testEnd: AbortController;
  beforeEach(async () => {
    display = await startDisplay();
    testEnd = new AbortController();
  });
  afterEach(async () => {
    testEnd.abort();
    await display.stop();
  });

  /** Long enough after its start for an approval to count. */
  const patient = { ...systemClock, now: () => Date.now() + 1000 * calls++ };
  let calls = 0;

  const ask = (question: Question, signal = testEnd.signal, clock = patient) =>
    dialogChannel({ clock, env: display.env, platform: 'linux' }).ask(question, 1, signal);

  async function shown(before?: TestWindow): Promise<TestWindow> {
    const window = await display.window('Scrim', before);
    const folder = process.env['SCRIM_SCREENSHOTS'];
    if (folder !== undefined) await display.shoot(`${folder}/dialog-${readdirSync(folder).length}.png`);
    return window;
  }

  test('a click on Approve', async () => {
    const asked = ask(questionWith({ action: 'echo "<b>&amp;</b>" \\n $(id) `id` > %s\n\u202e' }));
    await display.click(await shown(), 60, 30);
    expect(await asked).toEqual({ verdict: 'allow', scope: once, note: '' });
  });

  test('a click on Deny', async () => {
    const asked = ask(questionWith());
    await display.click(await shown(), 270, 30);
    expect(await asked).toEqual({ verdict: 'deny', scope: once, note: '' });
  });

  test.each(['Return', 'space', 'Escape'])('%s denies', async (key) => {
    const asked = ask(questionWith());
    await display.keys(await shown(), key);
    expect(await asked).toEqual({ verdict: 'deny', scope: once, note: '' });
  });

  test('a long action is scrolled, and Return, space and clicks approve it only when the box is ticked', async () => {
    const asked = ask(questionWith({ action: long }));
    const window = await shown();
    await display.keys(window, 'Return', 'space', 'Return');
    await display.click(window, 215, 30);
    // Still there.
    await display.keys(await shown(), 'Tab', 'space');
    await display.click(await shown(), 215, 30);
    expect(await asked).toEqual({ verdict: 'allow', scope: once, note: '' });
  });

  test('a choice of how long it holds', async () => {
    const asked = ask(questionWith());
    const first = await shown();
    await display.click(first, 390, 30);
    const list = await shown(first);
    await display.keys(list, 'Down', 'Down');
    await display.click(list, 60, 30);
    expect(await asked).toEqual({ verdict: 'allow', scope: { kind: 'session' }, note: '' });
  });

  test('of the choices, the first one is no, and one may go back', async () => {
    const asked = ask(questionWith());
    const first = await shown();
    await display.click(first, 390, 30);
    const list = await shown(first);
    await display.keys(list, 'Escape');
    const again = await shown(list);
    await display.click(again, 390, 30);
    const unchosen = await shown(again);
    await display.click(unchosen, 60, 30);
    const last = await shown(unchosen);
    await display.keys(last, 'space', 'Return');
    expect(await asked).toEqual({ verdict: 'deny', scope: once, note: '' });
  });

  test('an approval as soon as it appears was meant for something else: it is asked again', async () => {
    const clock = handClock(1_000_000);
    const asked = ask(questionWith({ askedAt: clock.now() }), undefined, clock);
    const tooSoon = await shown();
    await display.click(tooSoon, 60, 30);
    const again = await shown(tooSoon);
    clock.advance(500);
    await display.click(again, 60, 30);
    expect(await asked).toMatchObject({ verdict: 'allow' });
  });

  test('nobody answers', async () => {
    expect(await ask(questionWith({ lasts: 1500 }), undefined, systemClock)).toBeUndefined();
    await display.gone('Scrim');
  });

  test('answered elsewhere: the window goes', async () => {
    const withdrawn = new AbortController();
    const asked = ask(questionWith(), withdrawn.signal);
    await shown();
    withdrawn.abort();
    expect(await asked).toBeUndefined();
    await display.gone('Scrim');
  });

  test('the display is lost: a no, as when the window is closed', async () => {
    const asked = ask(questionWith());
    await shown();
    await display.stop();
    expect(await asked).toMatchObject({ verdict: 'deny' });
  });

  test('no display', async () => {
    const env = { ...display.env, DISPLAY: undefined };
    const channel = dialogChannel({ clock: patient, env, platform: 'linux' });
    expect(await channel.ask(questionWith(), 0, new AbortController().signal)).toBeUndefined();
  });
});

test('no zenity', async () => {
  const channel = dialogChannel({ clock: systemClock, env: { PATH: '/nonexistent' }, platform: 'linux' });
  expect(await channel.ask(questionWith(), 0, new AbortController().signal)).toBeUndefined();
});
