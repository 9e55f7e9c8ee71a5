// A desktop session of its own: a message bus that starts nothing by itself, and GNOME Keyring in a throw-away home.

import { execFileSync } from 'node:child_process';
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
  let keyring: number | undefined;
  const ask = (destination: string, path: string, of: string, member: string, signature: string, body: unknown[]) =>
    bus.invoke({ destination, path, interface: of, member, signature, body });

  return {
    env,
    bus,
    async startKeyring() {
      execFileSync('gnome-keyring-daemon', ['--unlock', '--components=secrets', '--daemonize'], {
        env,
        input: 'passphrase of the login keyring',
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      await secretsOwned;
      const name = 'org.freedesktop.DBus';
      const asked = ask(name, '/org/freedesktop/DBus', name, 'GetConnectionUnixProcessID', 's', [secretsName]);
      keyring = Number(await asked);
      return keyring;
    },
    async lock() {
      const of = 'org.freedesktop.Secret.Service';
      const collection: unknown = await ask(secretsName, '/org/freedesktop/secrets', of, 'ReadAlias', 's', ['default']);
      await ask(secretsName, '/org/freedesktop/secrets', of, 'Lock', 'ao', [[collection]]);
    },
    async end() {
      bus.connection.end();
      // A keyring that was stopped must be woken to notice its end.
      if (keyring !== undefined) for (const signal of ['SIGCONT', 'SIGTERM'] as const) tryToKill(keyring, signal);
      await testBus.stop();
      folder.remove();
    },
  };
}

function tryToKill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
