import { beforeEach, expect, test } from 'vitest';
import { createProviderKeys, type ProviderKeys } from '../../src/credentials/provider-keys.ts';
import { createMemoryStore } from '../../src/keychain/memory-store.ts';
import { KeychainError, type SecretStore } from '../../src/keychain/secret-store.ts';

let now: number;
let reads: number;
let broken: boolean;
let store: SecretStore;
let keys: ProviderKeys;
beforeEach(() => {
  now = 0;
  reads = 0;
  broken = false;
  const memory = createMemoryStore();
  store = {
    ...memory,
    async read(name) {
      reads++;
      if (broken) throw new KeychainError('locked', 'Unlock your keychain.');
      return memory.read(name);
    },
  };
  keys = createProviderKeys(store, { now: () => now });
});

test('a key is kept, replaced with the next request, and removed', async () => {
  expect(await keys.keyFor('openai')).toBeUndefined();
  await keys.set('openai', ' first\n');
  expect(await keys.keyFor('openai')).toEqual({ kind: 'key', key: 'first' });
  await keys.set('openai', 'second');
  expect(await keys.keyFor('openai')).toEqual({ kind: 'key', key: 'second' });
  await store.write('authority', new Uint8Array(1));
  expect(await keys.list()).toEqual(['openai']);
  await keys.remove('openai');
  expect(await keys.keyFor('openai')).toBeUndefined();
});

test('what cannot be used is not kept', async () => {
  await expect(keys.set('openai', 'two words')).rejects.toMatchObject({ code: 'bad-credential' });
  expect(await keys.list()).toEqual([]);
  await expect(keys.set('../x', 'key')).rejects.toMatchObject({ code: 'bad-name' });
});

test('a thousand requests ask the keychain once; what another process changed is seen when told, or soon', async () => {
  await keys.set('openai', 'first');
  await Promise.all(Array.from({ length: 1000 }, () => keys.keyFor('openai')));
  expect(reads).toBe(1);
  await store.write('provider-openai', Buffer.from('second'));
  keys.forget();
  expect(await keys.keyFor('openai')).toMatchObject({ key: 'second' });
  await store.write('provider-openai', Buffer.from('third'));
  now += 30_000;
  expect(await keys.keyFor('openai')).toMatchObject({ key: 'third' });
});

test('a keychain that is locked now is asked again with the next request', async () => {
  await keys.set('openai', 'first');
  broken = true;
  await expect(keys.keyFor('openai')).rejects.toMatchObject({ code: 'locked' });
  broken = false;
  expect(await keys.keyFor('openai')).toMatchObject({ key: 'first' });
});
