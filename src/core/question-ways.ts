// The ways in which a question reaches the person on this machine, and trying them out.

import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { asMasked } from '../base/text.ts';
import type { TimedClock } from '../base/clock.ts';
import type { QuestionWay } from '../contract/procedures/settings.ts';
import type { Question } from '../contract/questions.ts';
import { openNotification, sessionBusAddress } from '../approvals/channels/desktop-notification.ts';
import { dialogChannel } from '../approvals/channels/dialog.ts';
import { notificationChannel } from '../approvals/channels/notification.ts';
import type { ServeOptions } from './serve-options.ts';

type Env = Readonly<Record<string, string | undefined>>;

export async function questionWays(
  { env, terminal = 'none', desktop = 'own' }: Pick<ServeOptions, 'env' | 'terminal' | 'desktop'>,
  hook: readonly string[] | null,
): Promise<QuestionWay[]> {
  const way = (is: QuestionWay['way'], title: string, works: boolean, note: string): QuestionWay => ({
    ...{ way: is, title, works, note },
  });
  const onDesktop =
    desktop === 'shell'
      ? [way('app', "The app's own notifications and window", true, 'Every question opens there by itself.')]
      : [...(process.platform === 'linux' ? [await notificationWay(env)] : []), await dialogWay(env)];
  return [
    way('window', 'This window', true, 'Every question stands in Approvals, with its whole action.'),
    ...onDesktop,
    way(
      'terminal',
      'The terminal of scrim serve',
      terminal !== 'none',
      terminal === 'none'
        ? 'This Scrim was started without one of its own; scrim approvals watch asks in any other.'
        : 'Asked in the terminal where Scrim runs.',
    ),
    way(
      'hook',
      'A command of the policy',
      hook !== null,
      hook === null
        ? 'None is named; approval.hook in the policy names one.'
        : 'The command answers, or leaves it to the others.',
    ),
  ];

  async function notificationWay(from: Env): Promise<QuestionWay> {
    const works = await showsNotifications(from);
    const note = works
      ? 'With buttons to allow or deny.'
      : 'No notification service with buttons answers in this session.';
    return way('notification', 'Desktop notification', works, note);
  }

  async function dialogWay(from: Env): Promise<QuestionWay> {
    const missing = await missingForDialogs(from);
    return way(
      'dialog',
      'Dialog of the system',
      missing === undefined,
      missing ?? 'In front of everything else; its default answer is no.',
    );
  }
}

async function showsNotifications(env: Env): Promise<boolean> {
  const address = sessionBusAddress(env);
  if (address === undefined) return false;
  try {
    (await openNotification(address)).close();
    return true;
  } catch {
    return false;
  }
}

async function missingForDialogs(env: Env): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  if ((env['DISPLAY'] ?? '') === '' && (env['WAYLAND_DISPLAY'] ?? '') === '')
    return 'This Scrim was started outside a desktop session.';
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, 'zenity')).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true) ? undefined : 'Install zenity: Scrim asks with it.';
}

/** Milliseconds: a test is on the screen for so long, and counts as shown when it is still there after that. */
const testTime = 12_000;
const shownAfter = 2_000;

/** Shows a question of no meaning, as a real one would be shown; withdrawn by itself. Null: no way works here. */
export async function tryQuestion(clock: TimedClock, env: Env): Promise<'notification' | 'dialog' | null> {
  const channels = [
    ...(process.platform === 'linux' ? [notificationChannel({ clock, env })] : []),
    dialogChannel({ clock, env, platform: process.platform }),
  ];
  for (const channel of channels) {
    const withdrawn = new AbortController();
    clock.after(testTime, () => withdrawn.abort());
    const asked = channel.ask(testQuestion(clock.now()), 0, withdrawn.signal);
    const isUp = new Promise<'up'>((resolve) => clock.after(shownAfter, () => resolve('up')));
    // An answer means that it was shown; nothing at once, that it could not be.
    const first = await Promise.race([asked, isUp]);
    if (first !== undefined) return channel.name === 'notification' ? 'notification' : 'dialog';
    withdrawn.abort();
  }
  return null;
}

function testQuestion(now: number): Question {
  const text = asMasked;
  return {
    kind: 'tool-call',
    tool: text('test'),
    action: text('Nothing: this only shows how a question reaches you. Either answer will do.'),
    reasons: [{ rule: 'test', severity: 'low', reason: 'You asked for a test in Settings' }],
    effects: { runs: [], writes: [], hosts: [], credentials: [] },
    id: 'q-test',
    exchange: 'x-test',
    session: 's-test',
    askedAt: now,
    deadline: now + testTime,
    program: text('Scrim'),
    folder: null,
    host: text('this machine'),
    model: null,
  };
}
