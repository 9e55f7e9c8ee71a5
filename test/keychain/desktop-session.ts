// A desktop session of its own: a message bus that starts nothing by itself, and GNOME Keyring in a throw-away home.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sessionBus, type Message, type MessageBus } from 'dbus-native';
import { startBus } from '../support/desktop-bus.ts';
import { missingProgram } from '../support/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Why no session can be made here, or undefined. Debian: dbus-daemon, gnome-keyring. */
export const missingSession =
  process.platform === 'linux'
    ? (missingProgram('dbus-daemon', '--version') ?? missingProgram('gnome-keyring-daemon', '--version'))
    : 'the Secret Service is a thing of Linux';

export interface DesktopSession {
  /** For what runs in it. */
  readonly env: Readonly<Record<string, string>>;
  readonly bus: MessageBus;
  /** Starts the keyring with an unlocked default collection; resolves to its process id. */
  startKeyring(): Promise<number>;
  lock(): Promise<void>;
  end(): Promise<void>;
}

const secretsName = 'org.freedesktop.secrets';

export async function startDesktopSession(): Promise<DesktopSession> {
  const folder = temporaryFolder();
  const runtime = join(folder.path, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const testBus = await startBus();
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder.path,
    XDG_DATA_HOME: join(folder.path, 'data'),
    XDG_CACHE_HOME: join(folder.path, 'cache'),
    XDG_RUNTIME_DIR: runtime,
    DBUS_SESSION_BUS_ADDRESS: testBus.address,
  };
  const bus = sessionBus({ busAddress: testBus.address, timeout: 10_000 });
  bus.connection.on('error', () => undefined);
  const { promise: secretsOwned, resolve } = Promise.withResolvers<undefined>();
  bus.connection.on('message', ({ member, body }: Message) => {
    if (member === 'NameOwnerChanged' && body?.[0] === secretsName) resolve(undefined);
  });
  await bus.addMatch(`type='signal',member='NameOwnerChanged',arg0='${secretsName}'`);
  let keyring: ChildProcess | undefined;
  const ask = (member: string, signature: string, body: unknown[]) =>
    bus.invoke({
      destination: secretsName,
      path: '/org/freedesktop/secrets',
      interface: 'org.freedesktop.Secret.Service',
      member,
      signature,
      body,
    });
  const defaultCollection = async (): Promise<unknown> => ask('ReadAlias', 's', ['default']);

  return {
    env,
    bus,
    async startKeyring() {
      keyring = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
        env,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      keyring.stdin?.end('passphrase of the login keyring');
      await secretsOwned;
      // Its name comes before its collections.
      for (let collection: unknown = '/'; collection === '/'; collection = await defaultCollection());
      return keyring.pid ?? 0;
    },
    async lock() {
      await ask('Lock', 'ao', [[await defaultCollection()]]);
    },
    async end() {
      bus.connection.end();
      // Also one that is stopped.
      keyring?.kill('SIGKILL');
      await testBus.stop();
      folder.remove();
    },
  };
}
