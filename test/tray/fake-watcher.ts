// A StatusNotifierWatcher without a screen, and other programs on the same bus.

import { sessionBus, type Message, type MessageBus } from 'dbus-native';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';

export const WATCHER = 'org.kde.StatusNotifierWatcher';
const PATH = '/StatusNotifierWatcher';

export interface FakeWatcher {
  readonly bus: MessageBus;
  /** Unique name and path, in the order of registration. */
  readonly registered: readonly { readonly sender: string; readonly item: string }[];
  /** The next registration, or the first when there was one. */
  item(): Promise<string>;
  /** When it is asked whether there is a panel. */
  asked(): Promise<unknown>;
  /** A panel that shows items is there now. */
  addHost(): void;
  stop(): Promise<void>;
}

export async function startWatcher(busAddress: string, hasHost = true): Promise<FakeWatcher> {
  const bus = await connect(busAddress);
  const events = new EventEmitter();
  const registered: { sender: string; item: string }[] = [];
  let isHosted = hasHost;
  const watcher = {
    get IsStatusNotifierHostRegistered() {
      events.emit('asked');
      return isHosted;
    },
    RegisterStatusNotifierItem(item: string, { sender = '' }: Message) {
      registered.push({ sender, item });
      events.emit('registered');
      return null;
    },
  };
  bus.exportInterface(watcher, PATH, {
    name: WATCHER,
    methods: { RegisterStatusNotifierItem: ['s', '', ['service'], []] },
    properties: { IsStatusNotifierHostRegistered: { type: 'b', access: 'read' } },
  });
  await bus.requestName(WATCHER, 1 | 2 | 4);
  return {
    bus,
    registered,
    async item() {
      if (registered.length === 0) await once(events, 'registered');
      return registered.at(-1)?.sender ?? '';
    },
    asked: () => once(events, 'asked'),
    addHost() {
      isHosted = true;
      bus.sendSignal(PATH, WATCHER, 'StatusNotifierHostRegistered');
    },
    stop: () => bus.close(),
  };
}

export async function connect(busAddress: string): Promise<MessageBus> {
  const bus = sessionBus({ busAddress, timeout: 5000 });
  bus.connection.on('error', () => undefined);
  await bus.listNames();
  return bus;
}

/** Another program of the same user presses something: the exit code of `gdbus`, and its process. */
export async function pressFrom(
  busAddress: string,
  env: Readonly<Record<string, string>>,
  ...call: readonly [destination: string, path: string, method: string, ...args: string[]]
): Promise<{ readonly pid: number; readonly ok: boolean; readonly said: string }> {
  const [destination, path, method, ...args] = call;
  const options = ['--session', '--dest', destination, '--object-path', path, '--method', method];
  const child = spawn('gdbus', ['call', ...options, '--', ...args], {
    env: { PATH: process.env['PATH'], ...env, DBUS_SESSION_BUS_ADDRESS: busAddress },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { pid: child.pid ?? 0, ok: code === 0, said };
}
