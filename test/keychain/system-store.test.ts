import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Message } from 'dbus-native';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSystemStore } from '../../src/keychain/system-store.ts';
import { makeSecret } from '../support/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { missingSession, startDesktopSession, type DesktopSession } from './desktop-session.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe.skipIf(missingSession !== undefined)('the Secret Service', () => {
  let session: DesktopSession;
  const open = (names?: 'search' | 'index') =>
    createSystemStore({ service: 'scrim-test', env: session.env, ...(names === undefined ? {} : { names }) });
  beforeEach(async () => {
    session = await startDesktopSession();
  });
  afterEach(() => session.end());

  test.each(['search', 'index'] as const)('keeps secrets until they are removed; names by %s', async (names) => {
    await session.startKeyring();
    const store = open(names);
    await store.probe();
    expect(await store.read('a')).toBeUndefined();
    expect(await store.list()).toEqual([]);
    const every = Uint8Array.from({ length: 256 }, (_, value) => value);
    await store.write('b.c-1', every);
    await store.write('a', bytes('old'));
    await store.write('a', bytes('new'));
    const again = open(names);
    expect([...((await again.read('b.c-1')) ?? [])]).toEqual([...every]);
    expect(await again.read('a')).toEqual(Buffer.from('new'));
    expect(await again.list()).toEqual(['a', 'b.c-1']);
    await again.remove('a');
    await again.remove('a');
    expect(await store.read('a')).toBeUndefined();
    expect(await store.list()).toEqual(['b.c-1']);
  });

  test('holds the longest secret, and no longer one', async () => {
    await session.startKeyring();
    const longest = randomBytes(2_000);
    await open().write('long', longest);
    expect(await open().read('long')).toEqual(longest);
    for (const wrong of [new Uint8Array(0), randomBytes(2_001)]) {
      await expect(open().write('long', wrong)).rejects.toMatchObject({ code: 'too-large' });
    }
  });

  test.each(['search', 'index'] as const)('five writes at once are five secrets; names by %s', async (names) => {
    await session.startKeyring();
    const store = open(names);
    const all = Array.from({ length: 5 }, (_, i) => `key-${i}`);
    await Promise.all(all.map((name) => store.write(name, bytes(`value of ${name}`))));
    expect(await store.list()).toEqual(all);
    const read = await Promise.all(all.map(async (name) => Buffer.from((await store.read(name)) ?? []).toString()));
    expect(read).toEqual(all.map((name) => `value of ${name}`));
  });

  test('services do not see each other', async () => {
    await session.startKeyring();
    await open().write('a', bytes('mine'));
    const other = createSystemStore({ service: 'scrim-other', env: session.env });
    expect(await other.read('a')).toBeUndefined();
    expect(await other.list()).toEqual([]);
  });

  test.each([
    ['no keychain in the session', () => Promise.resolve(), 'no-keychain', /Install gnome-keyring/],
    ['a locked keychain', () => session.startKeyring().then(() => session.lock()), 'locked', /^Unlock/],
    [
      'a frozen keychain',
      () => session.startKeyring().then((pid) => process.kill(pid, 'SIGSTOP')),
      'unresponsive',
      /^Restart your keychain/,
    ],
  ])('%s: one sentence that says what to do', async (_, prepare, code, message) => {
    await prepare();
    const attempts = [open().probe(), open().read('a'), open().write('a', bytes('x')), open().list()];
    for (const attempt of await Promise.allSettled(attempts)) {
      expect(attempt).toMatchObject({
        status: 'rejected',
        reason: { name: 'KeychainError', code, message: expect.stringMatching(message) as string },
      });
    }
  });

  test('a call that waits for ever is ended; the secret stands in no argument and no variable', async () => {
    const { asked } = await holdTheDoor(session);
    const secret = makeSecret('openai-project');
    const writing = open().write('a', bytes(secret));
    writing.catch(() => undefined);
    await asked;
    const shown = childProcesses().map((pid) =>
      ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1')).join(),
    );
    expect(shown.filter((text) => text.includes('keychain-child'))).toHaveLength(1);
    for (const form of [secret, Buffer.from(secret).toString('base64')]) expect(shown.join()).not.toContain(form);
    await expect(writing).rejects.toMatchObject({
      code: 'unresponsive',
      message: expect.stringMatching(/^Answer what your keychain asks/) as string,
    });
    expect(childProcesses()).toEqual([]);
  });

  test('what loads code into every Node of the session does not get into the one that holds the secret', async () => {
    await session.startKeyring();
    const env = { ...session.env, NODE_OPTIONS: '--require ./does-not-exist.cjs' };
    const store = createSystemStore({ service: 'scrim-test', env });
    await store.write('a', bytes('x'));
    expect(await store.list()).toEqual(['a']);
  });
});

describe.skipIf(process.platform !== 'linux')('without a session', () => {
  const probe = (address: string) =>
    createSystemStore({ service: 's', env: { DBUS_SESSION_BUS_ADDRESS: address } }).probe();

  test('no bus at all', async () => {
    await expect(createSystemStore({ service: 's', env: {} }).read('a')).rejects.toMatchObject({
      code: 'no-keychain',
      message: expect.stringContaining('--keys file') as string,
    });
  });

  test.each(['unix:path=/nonexistent/bus', 'tcp:host=127.0.0.1,port=1', 'nonsense'])(
    'no bus at %s',
    async (address) => {
      await expect(probe(address)).rejects.toMatchObject({ code: 'no-keychain' });
    },
  );

  test('a bus that says nothing', async () => {
    const folder = temporaryFolder();
    const path = join(folder.path, 'bus');
    const server = createServer((socket) => socket.on('error', () => undefined)).listen(path);
    await once(server, 'listening');
    await expect(probe(`unix:path=${path}`)).rejects.toMatchObject({ code: 'unresponsive' });
    server.close();
    folder.remove();
  });
});

test.each(['', '..', 'a/b', 'A', '_names'])('refuses the name %j', async (name) => {
  const store = createSystemStore({ service: 's', env: {} });
  for (const attempt of [store.read(name), store.write(name, bytes('x')), store.remove(name)]) {
    await expect(attempt).rejects.toMatchObject({ code: 'bad-name' });
  }
});

/** A Secret Service that says it is unlocked, and answers nothing else. Resolves when it was asked something else. */
async function holdTheDoor({ bus }: DesktopSession): Promise<{ asked: Promise<undefined> }> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  await bus.invoke({
    destination: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
    member: 'RequestName',
    signature: 'su',
    body: ['org.freedesktop.secrets', 0],
  });
  // Or the library would answer that it knows no such method.
  bus.connection.removeAllListeners('message');
  bus.connection.on('message', (message: Message) => {
    const { sender, serial } = message;
    if (message.type !== 1 || sender === undefined || serial === undefined) return;
    const reply = (signature: string, body: unknown[]): void => {
      const answer = { type: 2, serial: bus.serial++, destination: sender, replySerial: serial, signature, body };
      bus.connection.message(answer);
    };
    if (message.member === 'ReadAlias') reply('o', ['/org/freedesktop/secrets/collection/login']);
    else if (message.member === 'Get') reply('v', [['b', false]]);
    else if (message.interface?.startsWith('org.freedesktop.Secret') === true) resolve(undefined);
  });
  return { asked: promise };
}

/** Of this process, direct ones. */
function childProcesses(): string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^[0-9]+$/.test(entry)) return false;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
      const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const name = readFileSync(`/proc/${entry}/cmdline`, 'latin1');
      return Number(parent) === process.pid && state !== 'Z' && !name.startsWith('dbus-daemon');
    } catch {
      return false;
    }
  });
}
