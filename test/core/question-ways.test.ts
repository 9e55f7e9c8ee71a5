// How questions reach the person here, and a test of it that answers nothing.

import { afterEach, describe, expect, test } from 'vitest';
import { questionWays, tryQuestion } from '../../src/core/question-ways.ts';
import { startBus, type TestBus } from '../support/desktop-bus.ts';
import { startFakeDaemon, type FakeDaemon } from '../support/desktop-notifications.ts';
import { missingProgram } from '../support/programs.ts';

const clock = {
  now: () => Date.now(),
  after(delay: number, wake: () => void) {
    const timer = setTimeout(wake, delay).unref();
    return () => clearTimeout(timer);
  },
};
const nowhere = { PATH: '/there/is/no/folder' };
const worksOf = async (...asked: Parameters<typeof questionWays>) =>
  Object.fromEntries((await questionWays(...asked)).map(({ way, works }) => [way, works]));

test.skipIf(process.platform !== 'linux')('without a desktop only the window is left, and a test says so', async () => {
  expect(await worksOf({ env: nowhere }, null)).toEqual({
    ...{ window: true, notification: false, dialog: false, terminal: false, hook: false },
  });
  expect(await tryQuestion(clock, nowhere)).toBeNull();
});

test('the app, a terminal and a hook count where they are', async () => {
  const ways = { env: nowhere, terminal: 'own', desktop: 'shell' } as const;
  expect(await worksOf(ways, ['./ask'])).toEqual({ window: true, app: true, terminal: true, hook: true });
});

const missing = missingProgram('dbus-daemon', '--version');
describe.skipIf(missing !== undefined || process.platform !== 'linux')('with a notification service', () => {
  let bus: TestBus;
  let daemon: FakeDaemon;
  afterEach(async () => {
    await daemon.stop();
    await bus.stop();
  });

  test('it works, and the test stands there with its buttons', async () => {
    bus = await startBus();
    daemon = await startFakeDaemon(bus.address);
    const env = { ...nowhere, DBUS_SESSION_BUS_ADDRESS: bus.address };
    expect(await worksOf({ env }, null)).toMatchObject({ notification: true });
    const trying = tryQuestion(clock, env);
    const shown = await daemon.next();
    expect(shown.body).toContain('Nothing: this only shows how a question reaches you.');
    expect(shown.actions).toContain('deny');
    expect(await trying).toBe('notification');
  });
});
