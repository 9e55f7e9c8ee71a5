// What is sealed opens for its exchange, its key and its time, and for nothing else.

import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../src/keychain/memory-store.ts';
import { seal, unseal, type Original } from '../../src/vault/seal.ts';
import { expireVault, isKept, openRecord, openVault, type VaultOptions } from '../../src/vault/vault.ts';
import { makeSecret } from '../support/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const day = 86_400_000;
const secret = makeSecret('stripe', 'vault');
const original = (value: string | null = secret): Original => ({
  side: 'response',
  channel: 'text 0',
  rule: 'stripe',
  start: 3,
  end: 3 + (value?.length ?? 9000),
  value,
});

let options: VaultOptions & { readonly clock: { at: number; now: () => number } };

let folder: string;

beforeEach(() => {
  const made = temporaryFolder();
  folder = made.path;
  const clock = { at: 1_800_000_000_000, now: () => clock.at };
  options = { file: join(folder, 'vault', 'vault.db'), stores: { own: createMemoryStore(), place: 'keychain' }, clock };
  return () => made.remove();
});

const open = (exchange: string, changed: Partial<VaultOptions> = {}) =>
  openRecord({ ...options, ...changed }, exchange);

const keep = async (exchange: string, originals: readonly Original[], time = day): Promise<void> => {
  using vault = await openVault(options);
  vault.keep(exchange, originals, time);
};

test('what was kept comes back whole', async () => {
  await keep('x-1', [original(), original(null)]);
  expect(await isKept(options, 'x-1')).toBe(true);
  expect(await open('x-1')).toEqual([original(), original(null)]);
});

test('nothing of another exchange, and no file where nothing was kept', async () => {
  expect(await open('x-1')).toBeUndefined();
  await expect(stat(options.file)).rejects.toThrow();
  await keep('x-1', [original()]);
  expect(await open('x-2')).toBeUndefined();
  expect(await isKept(options, 'x-2')).toBe(false);
});

describe('on disk', () => {
  test('no value and no key, and for the owner alone', async () => {
    await keep('x-1', [original()]);
    const key = await options.stores.own.read('vault-key');
    expect(key).toHaveLength(32);
    for (const name of ['vault.db', 'vault.db-wal']) {
      const bytes = await readFile(join(options.file, '..', name)).catch(() => Buffer.alloc(0));
      expect(bytes.includes(secret)).toBe(false);
      expect(bytes.includes(Buffer.from(key ?? []))).toBe(false);
    }
    expect((await stat(options.file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(options.file, '..'))).mode & 0o777).toBe(0o700);
  });

  test('what has expired does not open, is deleted, and its space is given back', async () => {
    const many = Array.from({ length: 2_000 }, () => original(secret.repeat(40)));
    {
      using vault = await openVault(options);
      vault.keep('x-long', [original()], 10 * day);
      vault.keep('x-short', many, day);
    }
    const before = (await stat(options.file)).size;
    const sealed = sealedOf('x-short').subarray(100, 164);
    expect((await readFile(options.file)).includes(sealed)).toBe(true);
    options.clock.at += day;
    expect(await isKept(options, 'x-short')).toBe(false);
    expect(await open('x-short')).toBeUndefined();
    await expireVault(options.file, options.clock);
    expect((await readFile(options.file)).includes(sealed)).toBe(false);
    expect((await stat(options.file)).size).toBeLessThan(before / 4);
    expect(await open('x-long')).toEqual([original()]);
  });

  test('a shorter time in the policy holds for what was kept before', async () => {
    using vault = await openVault(options);
    vault.keep('x-1', [original()], 30 * day);
    options.clock.at += 2 * day;
    expect(vault.expire(3 * day)).toBe(0);
    expect(vault.expire(2 * day)).toBe(1);
    expect(await open('x-1')).toBeUndefined();
  });

  const sealedOf = (exchange: string): Buffer => {
    const database = new DatabaseSync(options.file);
    const row = database.prepare('SELECT sealed FROM record WHERE exchange = ?').get(exchange);
    database.close();
    return Buffer.from(row?.['sealed'] as Uint8Array);
  };

  test.each([
    ['under the name of another exchange', "UPDATE record SET exchange = 'x-2'", 'x-2'],
    ['with a later end', 'UPDATE record SET expires_at = expires_at + 1', 'x-1'],
    ['with a byte changed', "UPDATE record SET sealed = CAST(x'00' || substr(sealed, 2) AS BLOB)", 'x-1'],
    ['cut', 'UPDATE record SET sealed = substr(sealed, 1, 20)', 'x-1'],
    ['emptied', "UPDATE record SET sealed = x''", 'x-1'],
  ])('a record %s is refused', async (_, change, exchange) => {
    await keep('x-1', [original()]);
    const database = new DatabaseSync(options.file);
    database.exec(change);
    database.close();
    await expect(open(exchange)).rejects.toMatchObject({ code: 'damaged' });
  });
});

describe('the key', () => {
  test.each(['plain-files', 'memory'] as const)('not in %s', async (place) => {
    const stores = { ...options.stores, place };
    await expect(openVault({ ...options, stores })).rejects.toMatchObject({ code: 'no-place' });
    await keep('x-1', [original()]);
    await expect(open('x-1', { stores })).rejects.toMatchObject({ code: 'no-place' });
  });

  test('of another store opens nothing and replaces nothing', async () => {
    await keep('x-1', [original()]);
    const stores = { own: createMemoryStore(), place: 'encrypted-file' } as const;
    await expect(openVault({ ...options, stores })).rejects.toMatchObject({ code: 'wrong-key' });
    await expect(open('x-1', { stores })).rejects.toMatchObject({ code: 'wrong-key' });
    expect(await stores.own.list()).toEqual([]);
    expect(await open('x-1')).toEqual([original()]);
  });

  test('is the same for two that begin at once', async () => {
    await Promise.all([keep('x-1', [original()]), keep('x-2', [original()])]);
    expect(await open('x-1')).toEqual([original()]);
    expect(await open('x-2')).toEqual([original()]);
  });
});

test('a file that is no vault is refused, and left alone', async () => {
  const file = join(folder, 'vault.db');
  await writeFile(file, 'not a database, but long enough to be looked at as one'.repeat(20));
  await expect(openVault({ ...options, file })).rejects.toMatchObject({ code: 'unusable' });
  expect(await readFile(file, 'utf8')).toContain('not a database');
});

test('any originals come back; no other key and no changed byte opens them', () => {
  const originals = fc.array(
    fc.record({
      side: fc.constantFrom('request' as const, 'response' as const),
      channel: fc.string({ unit: 'binary' }),
      rule: fc.string(),
      start: fc.nat(),
      end: fc.nat(),
      value: fc.option(fc.string({ unit: 'binary' })),
    }),
    { maxLength: 5 },
  );
  const keys = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(originals, keys, keys, fc.nat(), (kept, key, other, place) => {
      const sealedFor = { exchange: 'x-1', createdAt: 1, expiresAt: 2 };
      const sealed = seal(key, sealedFor, kept);
      expect(unseal(key, sealedFor, sealed)).toEqual(kept);
      if (!Buffer.from(key).equals(other)) expect(unseal(other, sealedFor, sealed)).toBeUndefined();
      const damaged = Uint8Array.from(sealed);
      const at = place % damaged.length;
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(unseal(key, sealedFor, damaged)).toBeUndefined();
    }),
  );
});
