import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileStore } from '../../src/keychain/file-store.ts';
import { openStores, type KeysChoice, type Stores } from '../../src/keychain/open-stores.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { missingSession, startDesktopSession, type DesktopSession } from './desktop-session.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let temporary: ReturnType<typeof temporaryFolder>;
let folder: string;
let asked: number;
beforeEach(() => {
  temporary = temporaryFolder();
  folder = join(temporary.path, 'secrets');
  asked = 0;
});
afterEach(() => temporary.remove());

function open(keys: KeysChoice, env: Readonly<Record<string, string>> = {}): Promise<Stores> {
  const passphrase = (): Promise<Uint8Array> => {
    asked++;
    return Promise.resolve(bytes('right'));
  };
  return openStores({ keys, folder, env, passphrase, dataFolder: temporary.path });
}
const files = (): Promise<string[]> => readdir(folder).catch(() => []);

// Only there does an empty environment mean that there is no keychain.
describe.skipIf(process.platform !== 'linux')('without a keychain', () => {
  test('auto: own keys lie in files and that is said; provider keys are refused with the way out', async () => {
    const { own, provider, place, notice } = await open('auto');
    expect(place).toBe('plain-files');
    expect(notice).toContain(folder);
    expect(notice).toContain('--keys file');
    await own.write('authority', bytes('x'));
    expect(await (await open('auto')).own.read('authority')).toEqual(Buffer.from('x'));
    for (const attempt of [
      provider.read('a'),
      provider.write('a', bytes('x')),
      provider.remove('a'),
      provider.list(),
    ]) {
      await expect(attempt).rejects.toMatchObject({
        code: 'no-keychain',
        message: expect.stringContaining('--keys file') as string,
      });
    }
    expect(await files()).toEqual(['authority.secret']);
  });

  test('keychain: nothing else will do', async () => {
    await expect(open('keychain')).rejects.toMatchObject({ code: 'no-keychain' });
    expect(await files()).toEqual([]);
  });
});

test.each(['plain', 'memory'] as const)('%s: provider keys are not kept', async (keys) => {
  const { own, provider, notice } = await open(keys);
  await own.write('authority', bytes('x'));
  await expect(provider.write('openai', bytes('x'))).rejects.toMatchObject({ code: 'no-keychain' });
  expect(await files()).toEqual(keys === 'plain' ? ['authority.secret'] : []);
  expect(notice).toBeUndefined();
  expect(asked).toBe(0);
});

test('file: one encrypted file takes over what lay in plain ones, and is found again without being named', async () => {
  await createFileStore(folder).write('authority', bytes('x'));
  const first = await open('file');
  expect(await first.own.read('authority')).toEqual(Buffer.from('x'));
  await first.provider.write('openai', bytes('key'));
  expect(await files()).toEqual(['keys.json']);
  const again = await open('auto');
  expect(again.place).toBe('encrypted-file');
  expect(await again.provider.read('openai')).toEqual(Buffer.from('key'));
  expect(asked).toBe(2);
});

describe.skipIf(missingSession !== undefined)('with a keychain', () => {
  let session: DesktopSession;
  beforeEach(async () => {
    session = await startDesktopSession();
    await session.startKeyring();
  });
  afterEach(() => session.end());

  test('auto: what lay in files moves there; both kinds of keys are found again', async () => {
    await (await open('auto')).own.write('authority', bytes('x'));
    const { own, provider, place, notice } = await open('auto', session.env);
    expect([place, notice]).toEqual(['keychain', undefined]);
    expect(await own.read('authority')).toEqual(Buffer.from('x'));
    await provider.write('openai', bytes('key'));
    expect(await (await open('keychain', session.env)).provider.list()).toEqual(['authority', 'openai']);
    expect(await files()).toEqual(['in-keychain']);
  });

  test('auto, from a session that cannot reach it any more: the reason, not other keys', async () => {
    await (await open('auto', session.env)).own.write('authority', bytes('x'));
    await expect(open('auto')).rejects.toMatchObject({ code: 'no-keychain' });
    await session.lock();
    await expect(open('auto', session.env)).rejects.toMatchObject({ code: 'locked' });
    expect(await files()).toEqual(['in-keychain']);
  });

  test('auto, locked and never used: files, and the notice says to unlock it', async () => {
    await session.lock();
    const { place, notice } = await open('auto', session.env);
    expect(place).toBe('plain-files');
    expect(notice).toMatch(/^Unlock your keychain/);
  });

  test('another data folder has other keys', async () => {
    await (await open('auto', session.env)).own.write('authority', bytes('x'));
    const options = { keys: 'auto', env: session.env, passphrase: () => Promise.reject(new Error()) } as const;
    const other = await openStores({ ...options, folder: join(temporary.path, 'other'), dataFolder: '/elsewhere' });
    expect(await other.own.list()).toEqual([]);
  });
});
