// A connection to the session bus that believes nobody's word for who is speaking, and that no caller can bring down.

import type { Message, MessageBus } from 'dbus-native';

export const BUS = 'org.freedesktop.DBus';

export interface TrayBus {
  readonly bus: MessageBus;
  /** The one value of the answer. Rejects with an error of the other side, after 3 s, and when the answer is not from `destination`. */
  call(message: Message & { readonly destination: string }): Promise<unknown>;
  /** Undefined: nobody has that name. */
  ownerOf(name: string): Promise<string | undefined>;
  /** Nothing happens when the bus is gone. */
  signal(path: string, name: string, member: string, signature?: string, body?: readonly unknown[]): void;
  /** Signals for which there is a match rule, and those sent to us alone. */
  onSignal(listener: (signal: Message) => void): void;
  close(): Promise<void>;
}

const SIGNAL = 4;
const CALL_TIMEOUT = 3000;
const MAX_MESSAGE = 1024 * 1024;

/** Rejects when there is no bus at the address. */
export async function connectBus(busAddress: string): Promise<TrayBus> {
  const { sessionBus } = await import('dbus-native');
  // `direct`: we say Hello ourselves, because the library throws into the void where a bus does not answer it.
  const bus = sessionBus({ busAddress, timeout: CALL_TIMEOUT, maxMessageSize: MAX_MESSAGE, direct: true });
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  let isOver = false;
  const end = (error?: Error): void => {
    isOver = true;
    broken.reject(error ?? new Error('The bus has gone.'));
  };
  bus.connection.on('error', end);
  bus.connection.on('end', () => end());
  bus.connection.on('close', end);
  // SECURITY: a call with a body of another shape throws inside the library, which would end the process.
  bus.connection.on('handlerError', () => undefined);
  const call: TrayBus['call'] = (message) =>
    new Promise((resolve, reject) => {
      // A callback, not a promise: only a callback is told who answered.
      bus.invoke(message, function (this: { readonly message?: Message } | undefined, error, value: unknown) {
        if (error !== null) return reject(error);
        // SECURITY: whoever guesses the serial may answer a call. The bus vouches for the sender, and for nothing else.
        if (this?.message?.sender === message.destination) resolve(value);
        else reject(new Error('The answer is from somebody else.'));
      });
    });
  try {
    const hello = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member: 'Hello' };
    bus.name = String(await Promise.race([call(hello), broken.promise]));
  } catch (error) {
    bus.connection.end();
    throw error;
  }
  return {
    bus,
    call,
    ownerOf: (name) =>
      call({
        ...{ destination: BUS, path: '/org/freedesktop/DBus', interface: BUS },
        ...{ member: 'GetNameOwner', signature: 's', body: [name] },
      }).then(String, () => undefined),
    signal(path, name, member, signature, body) {
      if (!isOver) bus.sendSignal(path, name, member, signature, body === undefined ? undefined : [...body]);
    },
    onSignal(listener) {
      bus.connection.on('message', (message) => {
        if (message.type === SIGNAL) listener(message);
      });
    },
    async close() {
      isOver = true;
      await bus.close();
    },
  };
}
