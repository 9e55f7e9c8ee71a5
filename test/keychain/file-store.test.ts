import { chmod, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileStore } from '../../src/keychain/file-store.ts';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'scrim-keychain-')), 'secrets');
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

const secret = new TextEncoder().encode('value');

test('a secret comes back as it was written, until it is removed', async () => {
  const store = createFileStore(folder);
  expect(await store.read('a')).toBeUndefined();
  await store.write('a', secret);
  await store.write('a', new Uint8Array([0, 255]));
  expect([...((await store.read('a')) ?? [])]).toEqual([0, 255]);
  await store.remove('a');
  await store.remove('a');
  expect(await store.read('a')).toBeUndefined();
});

test.skipIf(process.platform === 'win32')('only the owner can read, and nothing else is left behind', async () => {
  await createFileStore(folder).write('a', secret);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect(await readdir(folder)).toEqual(['a.secret']);
  expect((await stat(join(folder, 'a.secret'))).mode & 0o777).toBe(0o600);
});

describe.skipIf(process.platform === 'win32')('refuses what others can read', () => {
  test.each([0o640, 0o604, 0o644])('a file of mode %o', async (mode) => {
    const store = createFileStore(folder);
    await store.write('a', secret);
    await chmod(join(folder, 'a.secret'), mode);
    await expect(store.read('a')).rejects.toMatchObject({
      code: 'exposed',
      message: expect.stringContaining('chmod 600') as string,
    });
  });

  test('a folder that others can enter', async () => {
    const store = createFileStore(folder);
    await store.write('a', secret);
    await chmod(folder, 0o755);
    await expect(store.read('a')).rejects.toMatchObject({
      code: 'exposed',
      message: expect.stringContaining('chmod 700') as string,
    });
    await expect(store.write('b', secret)).rejects.toMatchObject({ code: 'exposed' });
  });

  test('a link', async () => {
    const store = createFileStore(folder);
    await store.write('a', secret);
    await symlink(join(folder, 'a.secret'), join(folder, 'b.secret'));
    await expect(store.read('b')).rejects.toMatchObject({ code: 'exposed' });
  });
});

test.each(['', '..', 'a/b', 'A', '-a', 'a..b', 'ä', 'a\0', 'x'.repeat(101)])('refuses the name %j', async (name) => {
  const store = createFileStore(folder);
  for (const attempt of [store.read(name), store.write(name, secret), store.remove(name)]) {
    await expect(attempt).rejects.toMatchObject({ code: 'bad-name' });
  }
});

test('a folder that cannot be made or read is a sentence, not a stack', async () => {
  const file = join(folder, '..', 'file');
  await writeFile(file, '');
  const store = createFileStore(join(file, 'below'));
  await expect(store.write('a', secret)).rejects.toMatchObject({ name: 'KeychainError', code: 'unwritable' });
  await expect(store.read('a')).rejects.toMatchObject({ name: 'KeychainError', code: 'unreadable' });
});
