// GNOME's notification daemon on a real X display: real buttons, really clicked.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { notificationChannel } from '../../../src/approvals/channels/notification.ts';
import type { Question } from '../../../src/contract/questions.ts';
import { startBus, type TestBus } from '../../support/desktop-bus.ts';
import { startDisplay, type TestDisplay, type TestWindow } from '../../support/desktop-display.ts';
import { NOTIFICATIONS } from '../../support/desktop-notifications.ts';
import { missingProgram } from '../../support/programs.ts';
import { questionWith, systemClock } from './questions.ts';

const program = '/usr/lib/notification-daemon/notification-daemon';
const missing =
  missingProgram('test', '-x', program) ??
  missingProgram('sh', '-c', 'command -v xdotool && command -v Xvfb && command -v import') ??
  missingProgram('dbus-daemon', '--version') ??
  missingProgram('gdbus', 'help');

/** The middle of its buttons, from the right and lower edge of its window. */
const REVIEW_OR_APPROVE = [150, 38] as const;
const DENY = [60, 38] as const;

describe.skipIf(missing !== undefined)('the notification on a screen', () => {
  let bus: TestBus;
  let display: TestDisplay;
  let daemon: ChildProcess;
  let testEnd: AbortController;

  beforeEach(async () => {
    testEnd = new AbortController();
    [bus, display] = await Promise.all([startBus(), startDisplay()]);
    const env = { ...display.env, DBUS_SESSION_BUS_ADDRESS: bus.address };
    daemon = spawn(program, { env, stdio: 'ignore' });
    await bus.gdbus('wait', '--session', '--timeout', '20', NOTIFICATIONS);
  });
  afterEach(async () => {
    testEnd.abort();
    if (daemon.exitCode === null && daemon.signalCode === null) {
      daemon.kill('SIGKILL');
      await once(daemon, 'exit');
    }
    await Promise.all([bus.stop(), display.stop()]);
  });

  const ask = (question: Question, signal = testEnd.signal) =>
    notificationChannel({ clock: systemClock, env: { DBUS_SESSION_BUS_ADDRESS: bus.address } }).ask(
      question,
      0,
      signal,
    );

  async function shown(): Promise<TestWindow> {
    const window = await display.window('Notification');
    const folder = process.env['SCRIM_SCREENSHOTS'];
    if (folder !== undefined) await display.shoot(`${folder}/${window.pid}.png`);
    return window;
  }

  test('a click on Approve', async () => {
    const asked = ask(questionWith({ action: 'echo "<b>&amp;</b>" > $(id)' }));
    await display.click(await shown(), ...REVIEW_OR_APPROVE);
    expect(await asked).toEqual({ verdict: 'allow', scope: { kind: 'once' }, note: '' });
    await display.gone('Notification');
  });

  test('a click on Deny', async () => {
    const asked = ask(questionWith());
    await display.click(await shown(), ...DENY);
    expect(await asked).toEqual({ verdict: 'deny', scope: { kind: 'once' }, note: '' });
  });

  test('a click beside the buttons hands the question on', async () => {
    const asked = ask(questionWith());
    await display.click(await shown(), 200, 90);
    expect(await asked).toBeUndefined();
  });

  test('what is too long is reviewed elsewhere', async () => {
    const asked = ask(questionWith({ action: 'x'.repeat(500) }));
    await display.click(await shown(), ...REVIEW_OR_APPROVE);
    expect(await asked).toBeUndefined();
  });

  test('answered elsewhere: it leaves the screen', async () => {
    const withdrawn = new AbortController();
    const asked = ask(questionWith(), withdrawn.signal);
    await shown();
    withdrawn.abort();
    expect(await asked).toBeUndefined();
    await display.gone('Notification');
  });

  test('the daemon is killed', async () => {
    const asked = ask(questionWith());
    await shown();
    daemon.kill('SIGKILL');
    expect(await asked).toBeUndefined();
  });
});
