// The Secret Service of a Linux desktop (GNOME Keyring, KWallet, KeePassXC), asked only what can never raise a prompt:
// an alias, a property, a search. https://specifications.freedesktop.org/secret-service/latest/
// Runs in the keychain's child process.

import { existsSync } from 'node:fs';

const serviceName = 'org.freedesktop.secrets';
const servicePath = '/org/freedesktop/secrets';
const maxItems = 1_000;

export type SecretServiceState = 'ready' | 'no-bus' | 'no-service' | 'no-collection' | 'locked' | 'unresponsive';

/** Where the session bus is said to be, or undefined. systemd's place is tried too: cron and ssh sessions lack the variable. */
export function sessionBusAddress(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const told = env['DBUS_SESSION_BUS_ADDRESS'];
  if (told !== undefined && told !== '') return told;
  const socket = `${env['XDG_RUNTIME_DIR'] ?? ''}/bus`;
  return socket !== '/bus' && existsSync(socket) ? `unix:path=${socket}` : undefined;
}

type Ask = (
  path: string,
  interfaceName: string,
  member: string,
  signature: string,
  body: unknown[],
) => Promise<unknown>;

/** Whether the default collection can be used at once. Never rejects; answers within `timeout` milliseconds. */
export async function secretServiceState(busAddress: string, timeout: number): Promise<SecretServiceState> {
  try {
    return await withBus(busAddress, timeout, async (ask) => {
      const collection = await ask(servicePath, 'org.freedesktop.Secret.Service', 'ReadAlias', 's', ['default']);
      if (typeof collection !== 'string' || collection === '/') return 'no-collection';
      const locked = await property(ask, collection, 'org.freedesktop.Secret.Collection', 'Locked');
      return locked === false ? 'ready' : 'locked';
    });
  } catch (error) {
    return stateFor(error as Error & { code?: string; dbusName?: string });
  }
}

/** Account names of the items that our native module made for `service`. Rejects with what the bus said. */
export async function listItems(busAddress: string, service: string, timeout: number): Promise<string[]> {
  return await withBus(busAddress, timeout, async (ask) => {
    const wanted = { service };
    const found = await ask(servicePath, 'org.freedesktop.Secret.Service', 'SearchItems', 'a{ss}', [wanted]);
    const paths = (found as string[][]).flat().slice(0, maxItems);
    const items = await Promise.all(
      paths.map((path) => property(ask, path, 'org.freedesktop.Secret.Item', 'Attributes')),
    );
    return items.map((attributes) => (attributes as Record<string, string>)['username'] ?? '');
  });
}

function property(ask: Ask, path: string, of: string, name: string): Promise<unknown> {
  return ask(path, 'org.freedesktop.DBus.Properties', 'Get', 'ss', [of, name]);
}

async function withBus<T>(busAddress: string, timeout: number, use: (ask: Ask) => Promise<T>): Promise<T> {
  const { sessionBus } = await import('dbus-native');
  const bus = sessionBus({ busAddress, timeout });
  // SECURITY: a call with a body of another shape throws inside the library, which would end the process.
  bus.connection.on('handlerError', () => undefined);
  const lost = new Promise<never>((_, reject) => {
    bus.connection.on('error', reject);
    // A bus that accepts and then says nothing: calls wait for its greeting, so their own time limit never starts.
    setTimeout(() => reject(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })), timeout).unref();
  });
  lost.catch(() => undefined);
  const ask: Ask = (path, interfaceName, member, signature, body) =>
    Promise.race([
      lost,
      bus.invoke({ destination: serviceName, path, interface: interfaceName, member, signature, body }),
    ]);
  try {
    return await use(ask);
  } finally {
    bus.connection.end();
  }
}

function stateFor({ code, dbusName }: { code?: string; dbusName?: string }): SecretServiceState {
  if (code === 'ETIMEDOUT' || dbusName?.endsWith('.NoReply') === true) return 'unresponsive';
  // Every answer of the bus itself names an error: nobody is there, or nobody could be started.
  return dbusName === undefined ? 'no-bus' : 'no-service';
}
