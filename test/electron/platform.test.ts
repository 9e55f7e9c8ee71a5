import { describe, expect, onTestFinished, test } from 'vitest';
import { busNotifier } from '../../electron/bus-notifier.ts';
import { platformOf } from '../../electron/platform.ts';
import { openBusNotification } from '../../src/core/bus-notification.ts';
import { startBus } from '../support/desktop-bus.ts';
import { startFakeDaemon } from '../support/desktop-notifications.ts';
import { fake } from '../support/fake-electron.ts';
import { missingProgram } from '../support/programs.ts';
import { freshElectron } from './shell.ts';

freshElectron({ ready: true });

test('macOS: clears what an earlier run left, keeps out of the dock', () => {
  const { clear, isMenuPublic, hidesFromDock, notifier, tray } = platformOf('darwin', {});
  clear();
  expect([fake.notificationsRemoved, isMenuPublic, hidesFromDock, notifier.hasButtons, tray.showsCount]).toEqual([
    1,
    false,
    true,
    true,
    true,
  ]);
});

test('Windows: leaves it to the system', () => {
  const { clear, isMenuPublic, hidesFromDock, notifier, tray } = platformOf('win32', {});
  clear();
  expect([fake.notificationsRemoved, isMenuPublic, hidesFromDock, notifier.hasButtons, tray.opensOnClick]).toEqual([
    0,
    false,
    false,
    true,
    true,
  ]);
});

test('Linux: buttons where the session has a bus; what weakens protection is asked again', () => {
  expect(platformOf('linux', { XDG_RUNTIME_DIR: '/run/user/1' }).notifier.hasButtons).toBe(true);
  expect(platformOf('linux', { DBUS_SESSION_BUS_ADDRESS: '' }).notifier.hasButtons).toBe(false);
  expect(platformOf('freebsd', {}).isMenuPublic).toBe(true);
});

const missing = missingProgram('dbus-daemon', '--version') ?? missingProgram('gdbus', 'help');

describe.skipIf(missing !== undefined)('Linux, with a real bus and a daemon on it', () => {
  const notice = { title: 'Run the tool Bash?', body: 'a < b & c', choices: ['deny', 'allow'] } as const;

  async function session() {
    const bus = await startBus();
    const daemon = await startFakeDaemon(bus.address);
    onTestFinished(async () => {
      await daemon.stop();
      await bus.stop();
    });
    const notifier = busNotifier(() => openBusNotification({ DBUS_SESSION_BUS_ADDRESS: bus.address }));
    return { bus, daemon, notifier };
  }

  test.each(['allow', 'deny'] as const)('%s is pressed', async (key) => {
    const { daemon, notifier } = await session();
    const next = daemon.next();
    const shown = notifier.show(notice);
    const { id, body, actions } = await next;
    expect([body, actions]).toEqual([
      'a &lt; b &amp; c',
      ['default', 'Review…', 'deny', 'Deny', 'allow', 'Allow once'],
    ]);
    daemon.press(id, key);
    expect(await shown.outcome).toBe(key);
  });

  test('a click that another process forges is none; the daemon’s own counts', async () => {
    const { bus, daemon, notifier } = await session();
    const next = daemon.next();
    const shown = notifier.show(notice);
    const { id } = await next;
    await bus.gdbus(
      ...['emit', '--session', '--object-path', '/org/freedesktop/Notifications'],
      ...['--signal', 'org.freedesktop.Notifications.ActionInvoked', `uint32 ${id}`, "'allow'"],
    );
    daemon.press(id, 'deny');
    expect(await shown.outcome).toBe('deny');
  });

  test('withdrawn: the daemon is told', async () => {
    const { daemon, notifier } = await session();
    const next = daemon.next();
    const shown = notifier.show(notice);
    const { id } = await next;
    const closed = daemon.nextClosed();
    shown.withdraw();
    expect(await closed).toBe(id);
  });

  test('no daemon: the window asks', async () => {
    const bus = await startBus();
    onTestFinished(() => bus.stop());
    const { outcome } = busNotifier(() => openBusNotification({ DBUS_SESSION_BUS_ADDRESS: bus.address })).show(notice);
    expect(await outcome).toBe('unavailable');
  });
});
