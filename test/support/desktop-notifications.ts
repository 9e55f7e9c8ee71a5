// A notification daemon without a screen: it keeps what it is shown, and says what a test makes it say.

import { sessionBus, type Message, type MessageBus } from 'dbus-native';
import { EventEmitter, once } from 'node:events';

export const NOTIFICATIONS = 'org.freedesktop.Notifications';
export const NOTIFICATIONS_PATH = '/org/freedesktop/Notifications';

const methods = ['GetServerInformation', 'GetCapabilities', 'Notify', 'CloseNotification'];

export interface ShownNotification {
  readonly id: number;
  readonly replaces: number;
  readonly summary: string;
  readonly body: string;
  /** Key, label, key, label, … */
  readonly actions: readonly string[];
}

export interface FakeDaemon {
  readonly shown: readonly ShownNotification[];
  readonly closed: readonly number[];
  /** The next notification that it is shown. */
  next(): Promise<ShownNotification>;
  /** The next CloseNotification. */
  nextClosed(): Promise<number>;
  press(id: number, key: string): void;
  dismiss(id: number): void;
  /** From now on it answers nothing. */
  freeze(): void;
  /** When the call arrives. */
  called(method: string): Promise<void>;
  stop(): Promise<void>;
}

export interface FakeDaemonOptions {
  readonly capabilities?: readonly string[];
  /** Pressed at once: the answer to Notify and the signal lie in one packet. */
  readonly pressAtOnce?: string;
  /** These calls are heard and not answered. */
  readonly unanswered?: readonly string[];
}

export async function startFakeDaemon(busAddress: string, options: FakeDaemonOptions = {}): Promise<FakeDaemon> {
  const bus = sessionBus({ busAddress });
  bus.connection.on('error', () => undefined);
  const events = new EventEmitter();
  const shown: ShownNotification[] = [];
  const closed: number[] = [];
  const unanswered = new Set(options.unanswered);
  let lastId = 0;
  const signal = (member: string, signature: string, ...body: unknown[]): void =>
    bus.sendSignal(NOTIFICATIONS_PATH, NOTIFICATIONS, member, signature, body);
  const answers: Record<string, (message: Message) => void> = {
    GetServerInformation: (message) => bus.sendReply(message, 'ssss', ['fake', 'scrim', '1', '1.2']),
    GetCapabilities: (message) =>
      bus.sendReply(message, 'as', [options.capabilities ?? ['actions', 'body', 'body-markup', 'persistence']]),
    Notify(message) {
      const [, replaces, , summary, body, actions] = message.body as [string, number, string, string, string, string[]];
      const id = replaces === 0 ? ++lastId : replaces;
      bus.sendReply(message, 'u', [id]);
      if (options.pressAtOnce !== undefined) signal('ActionInvoked', 'us', id, options.pressAtOnce);
      const notification = { id, replaces, summary, body, actions };
      shown.push(notification);
      events.emit('shown', notification);
    },
    CloseNotification(message) {
      const [id] = message.body as [number];
      bus.sendReply(message, '', []);
      signal('NotificationClosed', 'uu', id, 3);
      closed.push(id);
      events.emit('closed', id);
    },
  };
  answerCalls(bus, (message) => {
    const member = message.member ?? '';
    if (!unanswered.has(member)) answers[member]?.(message);
    events.emit(`called ${member}`);
  });
  // May be replaced, and does not wait in the queue.
  await bus.requestName(NOTIFICATIONS, 1 | 4);
  return {
    shown,
    closed,
    next: async () => ((await once(events, 'shown')) as [ShownNotification])[0],
    nextClosed: async () => ((await once(events, 'closed')) as [number])[0],
    // The end before the button, as some daemons tell it.
    press(id, key) {
      signal('NotificationClosed', 'uu', id, 2);
      signal('ActionInvoked', 'us', id, key);
    },
    dismiss: (id) => signal('NotificationClosed', 'uu', id, 2),
    freeze: () => methods.forEach((method) => unanswered.add(method)),
    async called(method) {
      await once(events, `called ${method}`);
    },
    stop: () => bus.close(),
  };
}

/** Takes the calls before the library does, which would refuse what was not exported. */
function answerCalls(bus: MessageBus, answer: (message: Message) => void): void {
  const METHOD_CALL = 1;
  bus.exportInterface(
    Object.fromEntries(methods.map((method) => [method, () => new Promise(() => undefined)])),
    NOTIFICATIONS_PATH,
    {
      name: NOTIFICATIONS,
      methods: Object.fromEntries(methods.map((method) => [method, ['', '', [], []]])),
    },
  );
  bus.connection.on('message', (message) => {
    if (message.type === METHOD_CALL && message.interface === NOTIFICATIONS) answer(message);
  });
}
