// On a real D-Bus, with a daemon that has no screen; the real one on a real screen is in notification-screen.test.ts.

import { sessionBus } from 'dbus-native';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { notificationChannel } from '../../../src/approvals/channels/notification.ts';
import type { ChannelAnswer } from '../../../src/approvals/channel.ts';
import type { Question } from '../../../src/contract/questions.ts';
import { startBus, type TestBus } from '../../support/desktop-bus.ts';
import {
  NOTIFICATIONS,
  NOTIFICATIONS_PATH,
  startFakeDaemon,
  type FakeDaemon,
  type FakeDaemonOptions,
} from '../../support/desktop-notifications.ts';
import { missingProgram } from '../../support/programs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { handClock, questionWith, systemClock } from './questions.ts';

const missing = missingProgram('dbus-daemon', '--version') ?? missingProgram('gdbus', 'help');
const once1: ChannelAnswer['scope'] = { kind: 'once' };

describe.skipIf(missing !== undefined)('the notification', () => {
  let bus: TestBus;
  const daemons: FakeDaemon[] = [];

  beforeEach(async () => {
    bus = await startBus();
  });
  afterEach(async () => {
    for (const daemon of daemons.splice(0)) await daemon.stop();
    await bus.stop();
  });

  async function startDaemon(options?: FakeDaemonOptions): Promise<FakeDaemon> {
    const daemon = await startFakeDaemon(bus.address, options);
    daemons.push(daemon);
    return daemon;
  }

  function ask(question: Question = questionWith(), withdrawn = new AbortController(), clock = systemClock) {
    return notificationChannel({ clock, env: { DBUS_SESSION_BUS_ADDRESS: bus.address } }).ask(
      question,
      0,
      withdrawn.signal,
    );
  }

  async function emit(destination: readonly string[], id: number): Promise<void> {
    const signal = `${NOTIFICATIONS}.ActionInvoked`;
    await bus.gdbus(
      ...['emit', '--session', ...destination, '--object-path', NOTIFICATIONS_PATH],
      ...['--signal', signal, `uint32 ${id}`, "'approve'"],
    );
  }

  test.each([
    ['approve', { verdict: 'allow', scope: once1, note: '' }],
    ['deny', { verdict: 'deny', scope: once1, note: '' }],
    ['default', undefined],
    ['Approve', undefined],
    ['approve ', undefined],
    ['', undefined],
  ])('pressing %j', async (key, answer) => {
    const daemon = await startDaemon();
    const asked = ask();
    const { id } = await daemon.next();
    daemon.press(id, key);
    expect(await asked).toEqual(answer);
  });

  test('a button pressed before the call returns is heard', async () => {
    await startDaemon({ pressAtOnce: 'approve' });
    expect(await ask()).toMatchObject({ verdict: 'allow' });
  });

  test('shows who asks for what, and takes text for text', async () => {
    const daemon = await startDaemon();
    const asked = ask(questionWith({ action: 'echo "<b>&amp;</b>" > $(id)\u202e' }));
    const { id, summary, body, actions } = await daemon.next();
    expect(summary).toMatch(/^60 s left: .*Bash.*claude/);
    expect(body).toContain('echo "&lt;b&gt;&amp;amp;&lt;/b&gt;" &gt; $(id)&lt;U+202E&gt;');
    expect(body).toContain('Overwrites the history of a shared branch.');
    expect(body).toContain('/home/me/shop');
    expect(actions).toEqual(['default', 'Review…', 'approve', 'Approve', 'deny', 'Deny']);
    daemon.press(id, 'deny');
    await asked;
  });

  test('a daemon that knows no markup gets none', async () => {
    const daemon = await startDaemon({ capabilities: ['actions', 'body'] });
    const asked = ask(questionWith({ action: 'cat <in >out' }));
    const { id, body } = await daemon.next();
    expect(body).toContain('cat <in >out');
    daemon.press(id, 'deny');
    await asked;
  });

  test.each([
    ['too many characters', `echo ${'x'.repeat(240)}`],
    ['too many lines', 'a\nb\nc\nd\ne\nf\ng'],
  ])('%s: reviewed, not approved here, and no part of it is shown', async (_, action) => {
    const daemon = await startDaemon();
    const asked = ask(questionWith({ action }));
    const { id, body, actions } = await daemon.next();
    expect(body).toContain(`Too long to be shown here (${action.length} characters`);
    expect(body).not.toContain(action.slice(0, 8));
    expect(actions).toEqual(['default', 'Review…', 'review', 'Review…', 'deny', 'Deny']);
    // What is not offered cannot be pressed, whoever says so.
    daemon.press(id, 'approve');
    expect(await asked).toBeUndefined();
  });

  test('a forged signal, to everybody or to us alone, is not an answer', async () => {
    const daemon = await startDaemon();
    const asked = ask();
    const { id } = await daemon.next();
    const names = await bus.gdbus(
      ...['call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus'],
      ...['--method', 'org.freedesktop.DBus.ListNames'],
    );
    await emit([], id);
    // Not only ours: it is nobody's who may be among them.
    for (const [name] of names.matchAll(/:1\.\d+/g)) await emit(['--dest', name], id).catch(() => undefined);
    daemon.press(id, 'deny');
    expect(await asked).toMatchObject({ verdict: 'deny' });
  });

  test('a call that no program would make brings nothing down', async () => {
    const daemon = await startDaemon();
    const asked = ask();
    const { id } = await daemon.next();
    const other = sessionBus({ busAddress: bus.address });
    const owner = await other.getNameOwner(NOTIFICATIONS);
    const notOurs = [other.name, owner];
    const names = (await other.listNames()).filter((name) => name.startsWith(':') && !notOurs.includes(name));
    expect(names).toHaveLength(1);
    for (const destination of names) {
      const call = { destination, path: '/x', interface: 'org.freedesktop.DBus.Properties', member: 'Get' };
      // It has no body: the library trips over it and answers nothing, unlike the call behind it.
      other.invoke(call).catch(() => undefined);
      await other.invoke({ ...call, signature: 'ss', body: ['a.b', 'c'] }).catch(() => undefined);
    }
    daemon.press(id, 'deny');
    expect(await asked).toMatchObject({ verdict: 'deny' });
    await other.close();
  });

  test('a forged answer to our call does not make the buttons of another notification ours', async () => {
    const daemon = await startDaemon({ unanswered: ['Notify'] });
    const called = daemon.called('Notify');
    const asked = ask();
    await called;
    const forger = sessionBus({ busAddress: bus.address });
    for (const destination of (await forger.listNames()).filter((name) => name.startsWith(':')))
      for (let replySerial = 1; replySerial < 20; replySerial++)
        forger.connection.message({
          type: 2,
          serial: 0x7000 + replySerial,
          destination,
          replySerial,
          signature: 'u',
          body: [77],
        });
    // In order behind the forged ones.
    await forger.listNames();
    daemon.press(77, 'approve');
    expect(await asked).toBeUndefined();
    await forger.close();
  });

  test('the daemon leaves while we wait', async () => {
    const daemon = await startDaemon();
    const asked = ask();
    await daemon.next();
    await daemon.stop();
    expect(await asked).toBeUndefined();
  });

  test('another process takes the daemon’s name', async () => {
    const daemon = await startDaemon();
    const asked = ask();
    const { id } = await daemon.next();
    const thief = sessionBus({ busAddress: bus.address });
    // Replaces the owner, and does not wait in the queue.
    await thief.requestName(NOTIFICATIONS, 2 | 4);
    expect(await asked).toBeUndefined();
    expect(id).toBe(1);
    await thief.close();
  });

  test('the bus dies while we wait', async () => {
    const daemon = await startDaemon();
    const asked = ask();
    await daemon.next();
    await bus.stop();
    expect(await asked).toBeUndefined();
  });

  test('dismissed: no answer', async () => {
    const daemon = await startDaemon();
    const asked = ask();
    daemon.dismiss((await daemon.next()).id);
    expect(await asked).toBeUndefined();
  });

  test('answered elsewhere: it leaves the screen', async () => {
    const daemon = await startDaemon();
    const withdrawn = new AbortController();
    const asked = ask(questionWith(), withdrawn);
    const { id } = await daemon.next();
    const closed = daemon.nextClosed();
    withdrawn.abort();
    expect(await asked).toBeUndefined();
    expect(await closed).toBe(id);
  });

  test('the time left goes on, in the same notification, until the deadline takes it away', async () => {
    const daemon = await startDaemon();
    const clock = handClock(1_000_000);
    const armed = clock.armed(10_000);
    const asked = ask(questionWith({ askedAt: clock.now(), lasts: 25_000 }), new AbortController(), clock);
    const first = await daemon.next();
    expect(first.summary).toMatch(/^25 s left/);
    await armed;
    const second = daemon.next();
    clock.advance(10_000);
    expect(await second).toMatchObject({ replaces: first.id, summary: expect.stringMatching(/^15 s left/) as string });
    const closed = daemon.nextClosed();
    clock.advance(20_000);
    expect(await asked).toBeUndefined();
    expect(await closed).toBe(first.id);
  });

  test.each([
    ['without buttons', ['body']],
    ['without text', ['actions']],
  ])('a daemon %s is not asked', async (_, capabilities) => {
    const daemon = await startDaemon({ capabilities });
    expect(await ask()).toBeUndefined();
    expect(daemon.shown).toEqual([]);
  });

  test('a daemon that does not answer', async () => {
    await startDaemon({ unanswered: ['GetServerInformation'] });
    expect(await ask()).toBeUndefined();
  });

  test('a daemon that freezes behind what it shows', async () => {
    const daemon = await startDaemon();
    const clock = handClock(1_000_000);
    const armed = clock.armed(10_000);
    const asked = ask(questionWith({ askedAt: clock.now() }), new AbortController(), clock);
    await armed;
    daemon.freeze();
    clock.advance(10_000);
    expect(await asked).toBeUndefined();
  });

  test('no daemon', async () => {
    expect(await ask()).toBeUndefined();
  });
});

describe('no bus', () => {
  const ask = (env: Record<string, string>) =>
    notificationChannel({ clock: systemClock, env }).ask(questionWith(), 0, new AbortController().signal);

  test.each([
    ['no address', {}],
    ['an address of no known kind', { DBUS_SESSION_BUS_ADDRESS: 'carrier-pigeon:loft=1' }],
    ['a dead socket', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }],
    ['an empty runtime folder', { XDG_RUNTIME_DIR: '/nonexistent' }],
  ])('%s', async (_, env) => {
    expect(await ask(env)).toBeUndefined();
  });

  test('a bus that says nothing', async () => {
    const folder = temporaryFolder();
    const silent = createServer().listen(join(folder.path, 'bus'));
    await once(silent, 'listening');
    expect(await ask({ XDG_RUNTIME_DIR: folder.path })).toBeUndefined();
    silent.close();
    folder.remove();
  });
});
