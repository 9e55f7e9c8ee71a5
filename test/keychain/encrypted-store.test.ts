import fc from 'fast-check';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createEncryptedStore } from '../../src/keychain/encrypted-store.ts';
import type { SecretStore } from '../../src/keychain/secret-store.ts';
import { makeSecret } from '../support/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const code = (wanted: string) => expect.objectContaining({ name: 'KeychainError', code: wanted }) as Error;

let temporary: ReturnType<typeof temporaryFolder>;
let folder: string;
let path: string;
beforeEach(() => {
  temporary = temporaryFolder();
  folder = join(temporary.path, 'secrets');
  path = join(folder, 'keys.json');
});
afterEach(() => temporary.remove());

/** The lowest cost that a file may have. */
const open = (passphrase = 'right', at = path): SecretStore =>
  createEncryptedStore({ path: at, passphrase: () => Promise.resolve(bytes(passphrase)), logN: 15 });

test('secrets come back in another process, in order of their names, until they are removed', async () => {
  const store = open();
  expect(await store.read('a')).toBeUndefined();
  await store.write(
    'b',
    Uint8Array.from({ length: 256 }, (_, value) => value),
  );
  await store.write('a', bytes('old'));
  await store.write('a', bytes('new'));
  expect(await open().list()).toEqual(['a', 'b']);
  expect(await open().read('a')).toEqual(Buffer.from('new'));
  expect((await open().read('b'))?.length).toBe(256);
  await open().remove('a');
  await open().remove('a');
  expect(await store.list()).toEqual(['b']);
});

test('nothing of a secret or its name can be read in the file, which only its owner can open', async () => {
  const secret = makeSecret('openai-project');
  await open().write('provider-openai', bytes(secret));
  const content = await readFile(path, 'latin1');
  for (const form of [secret, Buffer.from(secret).toString('base64'), 'openai']) expect(content).not.toContain(form);
  expect(await readdir(folder)).toEqual(['keys.json']);
  if (process.platform === 'win32') return;
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await chmod(path, 0o644);
  await expect(open().list()).rejects.toEqual(code('exposed'));
});

test('another passphrase opens nothing and changes nothing', async () => {
  await open().write('a', bytes('x'));
  const before = await readFile(path);
  const wrong = open('wrong');
  for (const attempt of await Promise.allSettled([
    wrong.read('a'),
    wrong.list(),
    wrong.write('b', bytes('y')),
    wrong.remove('a'),
  ])) {
    expect(attempt).toMatchObject({ status: 'rejected', reason: code('passphrase') });
  }
  expect(await readFile(path)).toEqual(before);
  await expect(open('', join(folder, 'other.json')).write('a', bytes('x'))).rejects.toEqual(code('passphrase'));
});

test('any changed character is noticed, and any cut', async () => {
  await open().write('a', bytes('x'));
  const whole = await readFile(path, 'latin1');
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i));
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 2), fc.constantFrom(...printable), fc.boolean(), async (at, other, cut) => {
      const changed = cut ? whole.slice(0, at) : whole.slice(0, at) + other + whole.slice(at + 1);
      await writeFile(path, changed);
      const result = await open()
        .read('a')
        .catch((error: unknown) => error);
      // White space, and a digit of base64 that stands for the same bytes, say nothing else.
      if (result instanceof Uint8Array) expect(meaning(changed)).toEqual(meaning(whole));
      else expect([code('damaged'), code('passphrase')]).toContainEqual(result);
    }),
    { numRuns: 150 },
  );
});

function meaning(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) =>
    ['salt', 'check', 'nonce', 'data'].includes(key) ? [...Buffer.from(String(value), 'base64')] : value,
  );
}

describe('refuses, before it costs anything,', () => {
  test.each([
    ['scrypt made cheap', { logN: 1 }],
    ['scrypt that takes all memory', { logN: 40 }],
    ['scrypt that takes for ever', { p: 1_000_000 }],
    ['another r', { r: 1 }],
    ['no salt', { salt: '' }],
    ['another function', { name: 'none' }],
  ])('%s', async (_, kdf) => {
    await open().write('a', bytes('x'));
    const file = JSON.parse(await readFile(path, 'utf8')) as { kdf: object };
    await writeFile(path, JSON.stringify({ ...file, kdf: { ...file.kdf, ...kdf } }));
    await expect(open().read('a')).rejects.toEqual(code('damaged'));
  });

  test.each(['', '{}', 'null', '[]', '{"format":"scrim-secrets","version":2}', 'x'.repeat(3_000_000)])(
    'what is not such a file (%#)',
    async (content) => {
      await open().write('a', bytes('x'));
      await writeFile(path, content);
      await expect(open().list()).rejects.toEqual(code('damaged'));
      await expect(open().write('b', bytes('y'))).rejects.toEqual(code('damaged'));
      expect(await readFile(path, 'utf8')).toBe(content);
    },
  );
});

test('the passphrase is asked for once, and not before it is needed', async () => {
  const asked: string[] = [];
  const passphrase = (purpose: string): Promise<Uint8Array> => {
    asked.push(purpose);
    return Promise.resolve(bytes('right'));
  };
  const store = createEncryptedStore({ path, passphrase, logN: 15 });
  expect(await store.read('a')).toBeUndefined();
  await store.remove('a');
  expect(asked).toEqual([]);
  await Promise.all(['a', 'b', 'c'].map((name) => store.write(name, bytes(name))));
  expect(asked).toEqual(['choose']);
  const again = createEncryptedStore({ path, passphrase, logN: 15 });
  expect(await Promise.all([again.list(), again.list()])).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
  expect(asked).toEqual(['choose', 'open']);
});

test('writes of several processes at once are all kept', async () => {
  await open().write('first', bytes('x'));
  const program = `
    import { createEncryptedStore } from ${JSON.stringify(new URL('../../src/keychain/encrypted-store.ts', import.meta.url).href)};
    const [path, who] = process.argv.slice(1);
    const store = createEncryptedStore({ path, passphrase: async () => Buffer.from('right') });
    for (let i = 0; i < 5; i++) await store.write(who + i, Buffer.from('x'));`;
  const ended = ['p', 'q', 'r'].map((who) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, path, who], { stdio: 'inherit' });
    return once(child, 'exit');
  });
  expect(await Promise.all(ended)).toEqual([
    [0, null],
    [0, null],
    [0, null],
  ]);
  expect(await open().list()).toHaveLength(16);
});

test('the lock of a process that was killed is taken over', async () => {
  await open().write('a', bytes('x'));
  await writeFile(`${path}.lock`, '');
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(`${path}.lock`, longAgo, longAgo);
  await open().write('b', bytes('y'));
  expect(await readdir(folder)).toEqual(['keys.json']);
});
