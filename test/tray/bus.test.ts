import { sessionBus, type Message } from 'dbus-native';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connectBus } from '../../src/tray/bus.ts';
import { startBus, type TestBus } from '../support/desktop-bus.ts';
import { missingProgram } from '../support/programs.ts';
import { connect } from './fake-watcher.ts';

const missing = missingProgram('dbus-daemon', '--version');

describe.skipIf(missing !== undefined)('a connection of the tray', () => {
  let bus: TestBus;
  beforeEach(async () => {
    bus = await startBus();
  });
  afterEach(() => bus.stop());

  test('an answer counts only from whom was asked', async () => {
    const ours = await connectBus(bus.address);
    const silent = await connect(bus.address);
    silent.exportInterface({ Ask: () => new Promise(() => undefined) }, '/a', {
      name: 'a.b',
      methods: { Ask: ['', 'u', [], []] },
    });
    const asked = once(silent.connection, 'message') as Promise<[Message]>;
    const call = ours.call({ destination: silent.name ?? '', path: '/a', interface: 'a.b', member: 'Ask' });
    const [{ serial: replySerial = 0 }] = await asked;
    const forger = sessionBus({ busAddress: bus.address });
    await forger.listNames();
    forger.connection.message({
      ...{ type: 2, serial: 0x7000, destination: ours.bus.name ?? '', replySerial, signature: 'u', body: [1] },
    });
    await expect(call).rejects.toThrow('from somebody else');
    await Promise.all([ours.close(), silent.close(), forger.close()]);
  });

  test('knows who owns a name', async () => {
    const ours = await connectBus(bus.address);
    expect(await ours.ownerOf('not.there')).toBeUndefined();
    await ours.bus.requestName('scrim.test', 0);
    expect(await ours.ownerOf('scrim.test')).toBe(ours.bus.name);
    await ours.close();
  });
});
