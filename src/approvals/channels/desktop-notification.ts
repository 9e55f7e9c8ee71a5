// One notification of the freedesktop.org daemon, over a D-Bus connection of its own, believing nobody but the daemon.
// https://specifications.freedesktop.org/notification-spec/latest/protocol.html

import type { Message, MessageBus } from 'dbus-native';

export interface NotificationContent {
  /** Plain text. */
  readonly summary: string;
  /** Plain text: what the daemon would take for markup is escaped here. */
  readonly body: string;
  /** Key and label, in order; `default` is a click on the notification itself. */
  readonly actions: readonly (readonly [key: string, label: string])[];
}

/** `closed`: dismissed or expired. `lost`: the daemon has gone, or another one took its name. */
export type NotificationEnd =
  { readonly kind: 'action'; readonly key: string } | { readonly kind: 'closed' } | { readonly kind: 'lost' };

export interface DesktopNotification {
  /** Shows it, or puts the new content in the place of what is shown. Rejects when the daemon does not answer within 3 s. */
  show(content: NotificationContent): Promise<void>;
  readonly ended: Promise<NotificationEnd>;
  /** Takes it off the screen and leaves the bus. */
  close(): void;
}

const NAME = 'org.freedesktop.Notifications';
const PATH = '/org/freedesktop/Notifications';
const BUS = 'org.freedesktop.DBus';
const SIGNAL = 4;
const NO_REPLY = 1;
const CALL_TIMEOUT = 3000;
const NOTIFY_SIGNATURE = 'susssasa{sv}i';
/** In milliseconds. A question has no end of the daemon's own: its deadline is ours. */
const NEVER = 0;
const EXPIRES = 500;
const withdrawn: NotificationContent = { summary: 'Scrim', body: 'This question waits no more.', actions: [] };
const MAX_MESSAGE = 1024 * 1024;
/** Some daemons tell of the end before they tell of the button. */
const AFTER_CLOSED = 50;

/** Undefined: this session has no bus that we could know of. */
export function sessionBusAddress(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: folder } = env;
  if (address !== undefined && address !== '') return address;
  return folder === undefined || folder === '' ? undefined : `unix:path=${encodeURI(folder)}/bus`;
}

/** Rejects when there is no bus, no daemon, or none that can show text with buttons. */
export async function openNotification(busAddress: string): Promise<DesktopNotification> {
  // Loaded with the first question: most runs of Scrim never ask one.
  const { sessionBus } = await import('dbus-native');
  // `direct`: we say Hello ourselves, because the library throws into the void where a bus does not answer it.
  const bus = sessionBus({ busAddress, timeout: CALL_TIMEOUT, maxMessageSize: MAX_MESSAGE, direct: true });
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => undefined);
  bus.connection.on('error', broken.reject);
  // SECURITY: a call with a body of another shape throws inside the library, which would end the process.
  bus.connection.on('handlerError', () => undefined);
  try {
    return await Promise.race([attach(bus), broken.promise]);
  } catch (error) {
    bus.connection.end();
    throw error;
  }
}

async function attach(bus: MessageBus): Promise<DesktopNotification> {
  const ended = Promise.withResolvers<NotificationEnd>();
  const lost = (): void => ended.resolve({ kind: 'lost' });
  bus.connection.on('error', lost);
  bus.connection.on('close', lost);
  bus.name = await bus.invokeDbus<string>({ member: 'Hello' });
  await bus.addMatch(`type='signal',sender='${BUS}',member='NameOwnerChanged',arg0='${NAME}'`);
  await bus.addMatch(`type='signal',sender='${NAME}',interface='${NAME}',path='${PATH}'`);
  // Starts the daemon where the bus knows how to.
  await bus.invoke({ destination: NAME, path: PATH, interface: NAME, member: 'GetServerInformation' });
  const owner = await bus.getNameOwner(NAME);
  let id = 0;
  let isOver = false;
  bus.connection.on('message', (message) => {
    if (message.type !== SIGNAL) return;
    if (isOwnerChange(message)) return lost();
    // SECURITY: any process of the user may send a signal with this name, to everybody or to us alone, where no match
    // rule keeps it out. The bus itself vouches for the sender, and for nothing else.
    if (message.sender !== owner || message.interface !== NAME || message.path !== PATH) return;
    const [which, detail] = message.body ?? [];
    if (id === 0 || which !== id) return;
    isOver = true;
    if (message.member === 'ActionInvoked') ended.resolve({ kind: 'action', key: String(detail) });
    if (message.member === 'NotificationClosed') setTimeout(() => ended.resolve({ kind: 'closed' }), AFTER_CLOSED);
  });
  // From here on to the owner by its unique name: what takes over the well-known name is not asked.
  const call = { destination: owner, path: PATH, interface: NAME };
  const capabilities = new Set(await bus.invoke<string[]>({ ...call, member: 'GetCapabilities' }));
  if (!capabilities.has('actions') || !capabilities.has('body')) throw new Error('The daemon shows no buttons.');
  const take = (content: NotificationContent): string =>
    capabilities.has('body-markup') ? escapeMarkup(content.body) : content.body;
  let isClosed = false;
  const withdraw = (): void => {
    // GNOME's notification-daemon leaves what it was told to close on the screen, buttons and all, until it expires.
    if (id !== 0 && !isOver) {
      const body = notifyBody(id, { ...withdrawn, body: take(withdrawn) }, EXPIRES);
      bus.invoke({ ...call, member: 'Notify', signature: NOTIFY_SIGNATURE, body, flags: NO_REPLY });
    }
    if (id !== 0) bus.invoke({ ...call, member: 'CloseNotification', signature: 'u', body: [id], flags: NO_REPLY });
    bus.connection.end();
  };
  let showing = false;
  return {
    ended: ended.promise,
    show: (content) =>
      new Promise((resolve, reject) => {
        showing = true;
        const body = notifyBody(id, { ...content, body: take(content) }, NEVER);
        // A callback, not a promise: the button's signal may lie in the same packet, right behind this answer.
        bus.invoke(
          { ...call, member: 'Notify', signature: NOTIFY_SIGNATURE, body },
          function (this: { readonly message?: Message } | undefined, error, shown: unknown) {
            showing = false;
            // SECURITY: whoever guesses the serial may answer a call; the id of somebody else's notification would make its buttons ours.
            const isGenuine = error === null && typeof shown === 'number' && this?.message?.sender === owner;
            // Another id: what was to be replaced had gone, and this one is new.
            if (isGenuine && shown !== id) [id, isOver] = [shown, false];
            if (isClosed) withdraw();
            if (isGenuine) resolve();
            else reject(error ?? new Error('The answer is not from the notification daemon.'));
          },
        );
      }),
    close() {
      if (isClosed) return;
      isClosed = true;
      if (!showing) withdraw();
    },
  };
}

function isOwnerChange({ interface: name, sender, member, body }: Message): boolean {
  return name === BUS && sender === BUS && member === 'NameOwnerChanged' && body?.[0] === NAME;
}

function notifyBody(replaces: number, { summary, body, actions }: NotificationContent, expires: number): unknown[] {
  const hints = [
    ['urgency', ['y', expires === NEVER ? 2 : 0]],
    ['desktop-entry', ['s', 'scrim']],
    ['suppress-sound', ['b', replaces !== 0]],
  ];
  return ['Scrim', replaces, '', summary, body, actions.flat(), hints, expires];
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
