import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  findInstance,
  readInstance,
  removeInstance,
  writeInstance,
  type Instance,
} from '../../src/settings/instance.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scrim-instance-'));
  path = join(folder, 'instance.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function instance(changes: Partial<Instance> = {}): Instance {
  return {
    pid: process.pid,
    proxy: 'http://127.0.0.1:1',
    gateway: 'http://127.0.0.1:1',
    ui: null,
    controlToken: '0123456789abcdef',
    startedAt: 1,
    ...changes,
  };
}

async function listening(): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      await once(server.close(), 'close');
    },
  };
}

test('written, read, removed; for the owner only', async () => {
  expect(await readInstance(path)).toBeUndefined();
  await writeInstance(path, instance());
  await writeInstance(path, instance({ ui: 'http://127.0.0.1:2' }));
  expect(await readInstance(path)).toEqual(instance({ ui: 'http://127.0.0.1:2' }));
  expect(await readdir(folder)).toEqual(['instance.json']);
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
  await removeInstance(path, process.pid + 1);
  expect(await readInstance(path)).toBeDefined();
  await removeInstance(path, process.pid);
  await removeInstance(path, process.pid);
  expect(await readInstance(path)).toBeUndefined();
});

test.each(['', '{', 'null', '{"pid":-1}', JSON.stringify({ ...instance(), controlToken: '' })])(
  'a file of %j is none',
  async (text) => {
    await writeFile(path, text);
    expect(await readInstance(path)).toBeUndefined();
  },
);

test('found while its process lives and its port answers', async () => {
  await using server = await listening();
  await writeInstance(path, instance({ proxy: server.url }));
  expect(await findInstance(path)).toEqual(instance({ proxy: server.url }));
});

test('stale when the port is closed, or the address is none', async () => {
  const server = await listening();
  await server[Symbol.asyncDispose]();
  for (const proxy of [server.url, 'nonsense']) {
    await writeInstance(path, instance({ proxy }));
    expect(await findInstance(path)).toBeUndefined();
  }
});

test('stale when the process is gone, though something else answers at the port', async () => {
  await using server = await listening();
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  await writeInstance(path, instance({ pid: child.pid!, proxy: server.url }));
  expect(await findInstance(path)).toBeUndefined();
});

test('what cannot be written or read is a sentence', async () => {
  await writeFile(path, '');
  await expect(writeInstance(join(path, 'below'), instance())).rejects.toMatchObject({
    name: 'SettingsError',
    code: 'unwritable',
  });
  await expect(readInstance(folder)).rejects.toMatchObject({ name: 'SettingsError', code: 'unreadable' });
});
