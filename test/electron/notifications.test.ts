// Notifications on each system: what is shown, which answer counts, and what is none. Long: three systems, the same questions.

import { describe, expect, test } from 'vitest';
import { busNotifier } from '../../electron/bus-notifier.ts';
import { nativeNotifier, notificationStyles } from '../../electron/native-notifier.ts';
import type { Choice, Notice, NotificationOutcome, Notifier } from '../../electron/notifier.ts';
import { createQuestionDesk } from '../../electron/question-desk.ts';
import type { DesktopNotification, NotificationEnd } from '../../src/core/bus-notification.ts';
import { manualClock } from '../approvals/questions.ts';
import { fake, resetFake } from '../support/fake-electron.ts';
import { freshElectron, question, start, turns } from './shell.ts';

freshElectron({ ready: true });

const notice: Notice = { title: '60 s left: Run the tool Bash?', body: 'git push', choices: ['deny', 'allow'] };
const last = () => fake.notifications.at(-1);

describe.each(['darwin', 'win32'] as const)('%s', (platform) => {
  const show = (choices: readonly Choice[] = notice.choices) =>
    nativeNotifier(notificationStyles[platform]).show({ ...notice, choices });

  test('has a button for each choice, Deny first', () => {
    show();
    expect(last()?.isShown).toBe(true);
    expect(last()?.options.actions).toEqual([
      { type: 'button', text: 'Deny' },
      { type: 'button', text: 'Allow once' },
    ]);
  });

  test.each([
    [0, 'deny'],
    [1, 'allow'],
    // Not a button of this notification: whoever sent it, it is no answer; the person looks at it.
    [2, 'review'],
    [-1, 'review'],
    [0.5, 'review'],
    [Number.NaN, 'review'],
    ['0', 'review'],
    [undefined, 'review'],
  ])('button %s is %s', async (actionIndex, outcome) => {
    const shown = show();
    last()?.emit('action', { actionIndex });
    expect(await shown.outcome).toBe(outcome);
  });

  test('a number that is Allow elsewhere is none where there is no such button', async () => {
    const shown = show(['deny', 'review']);
    last()?.emit('action', { actionIndex: 1 });
    expect(await shown.outcome).toBe('review');
  });

  test.each([
    ['click', 'review'],
    ['close', 'closed'],
    ['failed', 'unavailable'],
  ])('%s is %s', async (event, outcome) => {
    const shown = show();
    last()?.emit(event, {}, 'not signed');
    expect(await shown.outcome).toBe(outcome);
  });

  test('withdrawn: it goes, and nothing that it still says counts', async () => {
    const shown = show();
    let outcome: NotificationOutcome | undefined;
    void shown.outcome.then((how) => (outcome = how));
    shown.withdraw();
    last()?.emit('action', { actionIndex: 1 });
    await turns();
    expect([last()?.isClosed, outcome]).toEqual([true, undefined]);
  });
});

test('Windows keeps it on the screen; macOS has "Later" on its own button', () => {
  expect(notificationStyles.win32.options).toEqual({ urgency: 'critical', timeoutType: 'never' });
  expect(notificationStyles.darwin.options.closeButtonText).toBe('Later');
});

test('Linux: no buttons of Electron, and none is believed', async () => {
  const shown = nativeNotifier(notificationStyles.linux).show(notice);
  expect(last()?.options.actions).toBeUndefined();
  last()?.emit('action', { actionIndex: 1 });
  expect(await shown.outcome).toBe('review');
});

test('a system without notifications', async () => {
  fake.notificationsSupported = false;
  expect(await nativeNotifier(notificationStyles.darwin).show(notice).outcome).toBe('unavailable');
});

test('nothing before the app is ready', () => {
  resetFake();
  expect(() => nativeNotifier(notificationStyles.win32).show(notice)).toThrow(/before app is ready/);
});

describe('Linux, over the session bus', () => {
  function daemon(showing: () => Promise<void> = () => Promise.resolve()) {
    const ended = Promise.withResolvers<NotificationEnd>();
    const asked: Parameters<DesktopNotification['show']>[0][] = [];
    const closes: string[] = [];
    const shown: DesktopNotification = {
      show(content) {
        asked.push(content);
        return showing();
      },
      ended: ended.promise,
      close: () => void closes.push('closed'),
    };
    return { open: () => Promise.resolve(shown), end: ended.resolve, asked, closed: () => closes.length };
  }

  test('shows text and buttons; a click on it means: show me', async () => {
    const { open, asked } = daemon();
    busNotifier(open).show(notice);
    await turns();
    expect(asked).toEqual([
      {
        summary: notice.title,
        body: notice.body,
        actions: [
          ['default', 'Review…'],
          ['deny', 'Deny'],
          ['allow', 'Allow once'],
        ],
      },
    ]);
  });

  test.each<[NotificationEnd, NotificationOutcome]>([
    [{ kind: 'action', key: 'allow' }, 'allow'],
    [{ kind: 'action', key: 'deny' }, 'deny'],
    [{ kind: 'action', key: 'default' }, 'review'],
    [{ kind: 'action', key: 'approve' }, 'review'],
    [{ kind: 'action', key: '' }, 'review'],
    [{ kind: 'closed' }, 'closed'],
    [{ kind: 'lost' }, 'unavailable'],
  ])('%j is %s, and it leaves the bus', async (end, outcome) => {
    const fakeDaemon = daemon();
    const shown = busNotifier(fakeDaemon.open).show(notice);
    fakeDaemon.end(end);
    expect(await shown.outcome).toBe(outcome);
    await turns();
    expect(fakeDaemon.closed()).toBe(1);
  });

  test('a button that this question has not is none', async () => {
    const { open, end } = daemon();
    const shown = busNotifier(open).show({ ...notice, choices: ['deny', 'review'] });
    end({ kind: 'action', key: 'allow' });
    expect(await shown.outcome).toBe('review');
  });

  test('no bus, or a daemon that does not answer: the window asks', async () => {
    expect(await busNotifier(() => Promise.reject(new Error('none'))).show(notice).outcome).toBe('unavailable');
    const { open } = daemon(() => Promise.reject(new Error('frozen')));
    expect(await busNotifier(open).show(notice).outcome).toBe('unavailable');
  });

  test('withdrawn while it opens: it is closed as soon as it is there', async () => {
    const { open, closed, end } = daemon();
    const shown = busNotifier(open).show(notice);
    let outcome: NotificationOutcome | undefined;
    void shown.outcome.then((how) => (outcome = how));
    shown.withdraw();
    end({ kind: 'action', key: 'allow' });
    await turns();
    expect(closed()).toBeGreaterThan(0);
    expect(outcome).toBeUndefined();
  });
});

describe('the desk', () => {
  function desk({ hasButtons = true } = {}) {
    const clock = manualClock(start);
    const shown: { notice: Notice; end: (how: NotificationOutcome) => void; withdrawn: boolean }[] = [];
    const notifier: Notifier = {
      hasButtons,
      show(asked) {
        const { promise, resolve } = Promise.withResolvers<NotificationOutcome>();
        const entry = { notice: asked, end: resolve, withdrawn: false };
        shown.push(entry);
        return { outcome: promise, withdraw: () => (entry.withdrawn = true) };
      },
    };
    const answers: string[] = [];
    const reviews: string[] = [];
    const made = createQuestionDesk({
      notifier,
      clock,
      answer: (id, verdict) => void answers.push(`${id} ${verdict}`),
      review: (id, focus) => void reviews.push(`${id}${focus ? ' focused' : ''}`),
    });
    return { ...made, clock, shown, answers, reviews };
  }

  test.each(['allow', 'deny'] as const)('%s reaches the core, once', async (verdict) => {
    const { update, shown, answers } = desk();
    update([question('q-1')]);
    shown[0]?.end(verdict);
    await turns();
    update([question('q-1')]);
    expect([answers, shown.length]).toEqual([[`q-1 ${verdict}`], 1]);
  });

  test('closed is no answer: it waits in the tray, and is not shown again', async () => {
    const { update, shown, answers, reviews } = desk();
    update([question('q-1')]);
    shown[0]?.end('closed');
    await turns();
    update([question('q-1'), question('q-2')]);
    expect([answers, reviews, shown.map(({ notice: { body } }) => body.includes('git push'))]).toEqual([
      [],
      [],
      [true, true],
    ]);
  });

  test.each([
    ['review', ['q-1 focused']],
    ['unavailable', ['q-1']],
  ] as const)('%s: the window shows it', async (outcome, expected) => {
    const { update, shown, answers, reviews } = desk();
    update([question('q-1')]);
    shown[0]?.end(outcome);
    await turns();
    expect([reviews, answers]).toEqual([expected, []]);
  });

  test('a critical question has no Allow in any notification, opens the window, and an "allow" from there is none', async () => {
    const { update, shown, answers, reviews } = desk();
    update([question('q-1', { severity: 'critical' })]);
    expect(shown[0]?.notice.choices).toEqual(['deny', 'review']);
    expect(reviews).toEqual(['q-1']);
    shown[0]?.end('allow');
    await turns();
    expect(answers).toEqual([]);
  });

  test('nor has one that is too long to be seen whole', () => {
    const { update, shown, reviews } = desk();
    update([question('q-1', { action: 'echo '.repeat(100) })]);
    expect(shown[0]?.notice.choices).toEqual(['deny', 'review']);
    expect(shown[0]?.notice.body).toContain('Too long to be shown here (500 characters)');
    expect(reviews).toEqual(['q-1']);
  });

  test('where notifications have no buttons the window comes at once', () => {
    const { update, reviews } = desk({ hasButtons: false });
    update([question('q-1')]);
    expect(reviews).toEqual(['q-1']);
  });

  test('one at a time, the oldest first; what was answered elsewhere goes at once', async () => {
    const { update, shown, answers } = desk();
    update([question('q-1', { action: 'one' }), question('q-2', { action: 'two' })]);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.notice.body).toContain('1 more question waits.');
    update([question('q-2', { action: 'two' })]);
    expect(shown[0]?.withdrawn).toBe(true);
    expect(shown[1]?.notice.body).toContain('two');
    shown[0]?.end('allow');
    await turns();
    expect(answers).toEqual([]);
  });

  test('after the machine slept: what has passed its deadline goes, what waits is shown anew', () => {
    const { update, refresh, clock, shown } = desk();
    update([question('q-1', { deadline: start + 1_000 }), question('q-2')]);
    clock.advance(5_000);
    refresh();
    expect(shown.map(({ withdrawn }) => withdrawn)).toEqual([true, false]);
    expect(shown[1]?.notice.title).toMatch(/^55 s left/);
    refresh();
    expect(shown.map(({ withdrawn }) => withdrawn)).toEqual([true, true, false]);
  });

  test('closed: nothing stays on the screen', () => {
    const { update, close, shown } = desk();
    update([question('q-1')]);
    close();
    expect(shown[0]?.withdrawn).toBe(true);
  });
});
