import { spawn, spawnSync } from 'node:child_process';
import { cpSync, chmodSync, mkdirSync, realpathSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { createIdentity, peerOf } from '../../src/identity/identity.ts';
import type { Peer, PeerOwner, ProcessSource } from '../../src/identity/process-facts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { askingServer, type AskingServer, endProcesses, processTree } from './processes.ts';

const identity = createIdentity({ patience: 10_000 });
const servers: AskingServer[] = [];

async function listen(host?: string) {
  const server = await askingServer(identity, host);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  endProcesses();
});

const isRoot = process.getuid?.() === 0;

describe.runIf(process.platform === 'linux')('the process behind a connection', () => {
  it('is described: program, executable, folder, user, parents', async () => {
    const folder = temporaryFolder();
    const server = await listen();
    const child = processTree(['connect', `${server.port}`, 'client'], { folder: folder.path });
    const facts = await (await server.arrival('client')).facts;
    expect(facts).toMatchObject({
      pid: child.pid,
      program: 'process-tree.py',
      executable: realpathSync('/usr/bin/python3'),
      folder: realpathSync(folder.path),
      user: userInfo().username,
      terminal: false,
      marked: false,
      git: null,
      ci: null,
    });
    expect(facts?.startTime).toMatch(/^\d+$/);
    expect(facts?.parents[0]).toMatchObject({ pid: process.pid, executable: realpathSync(process.execPath) });
    expect(facts?.parents.at(-1)?.pid).toBe(1);
    folder.remove();
  });

  it.each([
    ['IPv4', '127.0.0.1', '127.0.0.1'],
    ['IPv6', '::1', '::1'],
    ['an IPv4 client of an IPv6 server', '::', '127.0.0.1'],
    ['an IPv4 client with a socket of IPv6', '127.0.0.1', '::ffff:127.0.0.1'],
    ['both with sockets of IPv6, address of IPv4', '::', '::ffff:127.0.0.1'],
  ])('is found over %s', async (_, host, address) => {
    const server = await listen(host);
    const child = processTree(['address', address, 'connect', `${server.port}`, 'client']);
    expect((await (await server.arrival('client')).facts)?.pid).toBe(child.pid);
  });

  it('is told apart from others that connect at the same time', async () => {
    const server = await listen();
    const labels = Array.from({ length: 12 }, (_, i) => `client ${i}`);
    const children = labels.map((label) => processTree(['connect', `${server.port}`, label]));
    const arrivals = await Promise.all(labels.map((label) => server.arrival(label)));
    const pids = await Promise.all(arrivals.map(async ({ facts }) => (await facts)?.pid));
    expect(pids).toEqual(children.map(({ pid }) => pid));
  });

  it('is the one that connected, not a child that inherited the socket', async () => {
    const server = await listen();
    const code =
      'import os,socket,sys\n' +
      `s=socket.create_connection(("127.0.0.1",${server.port})); r,w=os.pipe()\n` +
      'if os.fork()==0: os.write(w,b"x"); s.recv(1); os._exit(0)\n' +
      'os.read(r,1); s.sendall(b"forked\\n"); s.recv(1)';
    const child = spawn('/usr/bin/python3', ['-c', code]);
    const { peer } = await server.arrival('forked');
    expect((await identity.of(peer))?.pid).toBe(child.pid);
  });

  it('is our own when we connect to ourselves', async () => {
    const server = await listen();
    const socket = connect(server.port, '127.0.0.1', () => socket.write('self\n'));
    expect((await (await server.arrival('self')).facts)?.pid).toBe(process.pid);
    socket.destroy();
  });

  it('tells the user by name', async () => {
    const server = await listen();
    processTree(['connect', `${server.port}`, 'client']);
    expect(await (await server.arrival('client')).user).toBe(userInfo().username);
  });

  it('is unknown once the client has gone', async () => {
    const server = await listen();
    const child = processTree(['connect', `${server.port}`, 'client']);
    const { peer, socket } = await server.arrival('client');
    child.kill('SIGKILL');
    await once(socket, 'end').catch(() => undefined);
    expect(await identity.of(peer)).toBeUndefined();
    expect(await identity.userOf(peer)).toBeUndefined();
    expect(peerOf({})).toBeUndefined();
  });

  it('is described with its CI run, and without arguments or other variables', async () => {
    const env = { GITHUB_RUN_ID: '4711', TOKEN: 'made-up-secret' };
    const child = spawn('/usr/bin/python3', ['-c', 'import sys; sys.stdin.read()', 'made-up-secret'], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const facts = await identity.facts(child.pid!);
    expect(facts).toMatchObject({ pid: child.pid, ci: { provider: 'github', run: '4711' } });
    expect(JSON.stringify(facts)).not.toContain('made-up-secret');
    child.stdin.end();
  });

  it('is unknown when it stands below more processes than anyone needs', async () => {
    const server = await listen();
    const code =
      'import os,socket\nfor _ in range(70):\n  child=os.fork()\n  if child: os.waitpid(child,0); os._exit(0)\n' +
      `s=socket.create_connection(("127.0.0.1",${server.port})); s.sendall(b"deep\\n"); s.recv(1)`;
    spawn('/usr/bin/python3', ['-c', code]);
    expect(await (await server.arrival('deep')).facts).toBeUndefined();
  });

  it('shows what has changed since the last connection', async () => {
    let now = 0;
    const watching = createIdentity({ clock: { now: () => now }, patience: 10_000 });
    const folder = temporaryFolder();
    const server = await askingServer(watching);
    servers.push(server);
    const code =
      'import os,socket,sys\n' +
      `a=socket.create_connection(("127.0.0.1",${server.port})); a.sendall(b"one\\n"); a.recv(1)\n` +
      `os.chdir(sys.argv[1]); b=socket.create_connection(("127.0.0.1",${server.port})); b.sendall(b"two\\n"); b.recv(1)`;
    spawn('/usr/bin/python3', ['-c', code, folder.path], { cwd: '/' });
    const first = await server.arrival('one');
    expect((await first.facts)?.folder).toBe('/');
    now = 10_000;
    first.socket.destroy();
    expect((await (await server.arrival('two')).facts)?.folder).toBe(realpathSync(folder.path));
    folder.remove();
  });

  it.runIf(isRoot)("sees another user's process as root, with its user", async () => {
    const server = await listen();
    processTree(['connect', `${server.port}`, 'other'], { through: asNobody });
    const arrival = await server.arrival('other');
    expect(await arrival.user).toBe('nobody');
    expect(await arrival.facts).toMatchObject({ program: 'process-tree.py', user: 'nobody' });
  });
});

const asNobody: readonly string[] = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--reset-env'];

/** The same questions, asked by a user who may not see everything: us, or nobody when we are root. */
async function limitedAsker(host: string) {
  const copy = temporaryFolder();
  chmodSync(copy.path, 0o755);
  for (const path of ['src/base', 'src/identity', 'test/identity']) {
    mkdirSync(join(copy.path, path), { recursive: true });
    cpSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), join(copy.path, path), { recursive: true });
  }
  spawnSync('chmod', ['-R', 'a+rX', copy.path]);
  const program = join(copy.path, 'test/identity/asker.ts');
  const [command, ...args] = [...(isRoot ? asNobody : ['env']), realpathSync(process.execPath), program, host];
  const asker = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/' });
  const lines = createInterface(asker.stdout)[Symbol.asyncIterator]();
  const next = async () => JSON.parse((await lines.next()).value ?? 'null') as Record<string, unknown>;
  const end = () => {
    asker.kill();
    copy.remove();
  };
  return { port: Number((await next())['port']), next, end };
}

describe.runIf(process.platform === 'linux')('for a user who is not root', () => {
  const sameUser = isRoot ? { through: asNobody } : {};

  it('finds a process of the same user, and none that hides itself (PR_SET_DUMPABLE)', async () => {
    const asker = await limitedAsker('127.0.0.1');
    const child = processTree(['connect', `${asker.port}`, 'open'], sameUser);
    expect(await asker.next()).toMatchObject({ label: 'open', pid: child.pid });
    processTree(['hide', 'connect', `${asker.port}`, 'hidden'], sameUser);
    expect(await asker.next()).toEqual({ label: 'hidden', user: isRoot ? 'nobody' : userInfo().username });
    asker.end();
  });

  it.runIf(isRoot)("knows of another user's connection the user, and no process", async () => {
    const asker = await limitedAsker('127.0.0.1');
    processTree(['connect', `${asker.port}`, 'root']);
    expect(await asker.next()).toEqual({ label: 'root', user: 'root' });
    asker.end();
  });
});

describe('an identity', () => {
  const peer = (port: number): Peer => ({ address: '127.0.0.1', port, localPort: 1 });
  const nobody: PeerOwner = { pid: null, user: null };
  const source = (find: ProcessSource['find']): ProcessSource => ({
    find,
    startTime: () => Promise.resolve(undefined),
    facts: () => Promise.resolve(undefined),
  });

  it('asks once for one connection, and together for all that wait', async () => {
    const passes: (readonly Peer[])[] = [];
    const gate = Promise.withResolvers<undefined>();
    const asked = createIdentity({
      source: source(async (peers) => {
        passes.push(peers);
        await gate.promise;
        return peers.map(() => ({ pid: null, user: 'someone' }));
      }),
    });
    const answers = [1, 2, 3].map((port) => asked.userOf(peer(port)));
    void asked.of(peer(2));
    gate.resolve(undefined);
    expect(await Promise.all(answers)).toEqual(['someone', 'someone', 'someone']);
    expect(passes.map((peers) => peers.map(({ port }) => port))).toEqual([[1], [2, 3]]);
  });

  it('answers with nothing when the system does not answer, and at once when too many wait', async () => {
    const asked = createIdentity({ source: source(() => new Promise(() => undefined)), patience: 20 });
    const answers = Array.from({ length: 2000 }, (_, i) => asked.of(peer(i)));
    expect(new Set(await Promise.all(answers))).toEqual(new Set([undefined]));
  });

  it('answers all who wait when it is closed', async () => {
    const asked = createIdentity({
      source: { ...source(() => new Promise(() => undefined)), facts: () => new Promise(() => undefined) },
    });
    const answers = [asked.of(peer(1)), asked.userOf(peer(2)), asked.facts(3)];
    asked.close();
    expect(await Promise.all(answers)).toEqual([undefined, undefined, undefined]);
    expect(await asked.of(peer(4))).toBeUndefined();
  });

  it('tries the processes that connected before first, the latest before the others', async () => {
    const tried: (readonly number[])[] = [];
    const asked = createIdentity({
      source: source((peers, known) => {
        tried.push(known);
        return Promise.resolve(peers.map(({ port }) => (port < 100 ? { pid: port, user: null } : nobody)));
      }),
    });
    for (const port of [7, 8, 500, 7]) await asked.of(peer(port));
    await asked.of(peer(9));
    expect(tried).toEqual([[], [7], [8, 7], [8, 7], [7, 8]]);
  });
});
