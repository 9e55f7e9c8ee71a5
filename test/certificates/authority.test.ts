import { X509Certificate } from 'node:crypto';
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAuthority } from '../../src/certificates/authority.ts';
import { createFileStore } from '../../src/keychain/file-store.ts';
import { testAuthority } from './temporary-authority.ts';

const day = 86_400_000;

function certificates(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map((block) => new X509Certificate(block));
}

describe('on first use', () => {
  test('makes one authority, bound to the known providers', async () => {
    await using made = await testAuthority();
    const [status, ...others] = made.authority.status();
    expect(others).toEqual([]);
    expect(status).toMatchObject({
      subject: expect.stringMatching(/^CN=Scrim CA \(ann@laptop\), O=Scrim, OU=[0-9a-f]{8}$/) as string,
      constrainedTo: ['openai.com', 'anthropic.com', 'localhost', '127.0.0.0/8', '::1/128'],
    });
    const years = (Date.parse(status!.notAfter) - Date.parse(status!.notBefore)) / (365.25 * day);
    expect(years).toBeLessThanOrEqual(10);
    expect(Date.parse(status!.notBefore)).toBeLessThan(Date.now() - 0.9 * day);
  });

  test('ca.pem holds it; the key is nowhere but in the store', async () => {
    await using made = await testAuthority();
    const pem = await readFile(made.authority.certificatePath, 'utf8');
    expect(pem).toBe(made.authority.certificatesPem());
    expect(certificates(pem)[0]?.fingerprint256).toBe(made.authority.status()[0]?.fingerprint256);
    expect(certificates(pem)[0]?.ca).toBe(true);
    expect(await readdir(made.options.folder)).toEqual(['ca.pem', 'known-providers.pem']);
    expect(await readdir(join(made.folder, 'secrets'))).toHaveLength(1);
  });

  test.skipIf(process.platform === 'win32')('the folder is the user’s alone', async () => {
    await using made = await testAuthority();
    expect((await stat(made.options.folder)).mode & 0o777).toBe(0o700);
  });

  test('a long or foreign user name fits', async () => {
    await using made = await testAuthority({ user: `Zoë-${'x'.repeat(100)}@höst` });
    expect(made.authority.status()[0]?.subject).toMatch(/^CN=Scrim CA \(Zo/);
  });
});

test('the next start finds the same authority', async () => {
  await using made = await testAuthority();
  await made.authority.ensureFor(['llm.example']);
  const again = await openAuthority(made.options);
  expect(again.status()).toEqual(made.authority.status());
  expect(again.status()).toHaveLength(2);
});

test('eight starts at once agree on one authority', async () => {
  await using made = await testAuthority();
  await rm(made.folder, { recursive: true });
  const all = await Promise.all(Array.from({ length: 8 }, () => openAuthority(made.options)));
  const changed = await Promise.all(all.map((authority) => authority.ensureFor(['llm.example'])));
  expect(changed.some(Boolean)).toBe(true);
  expect(new Set(all.map((authority) => authority.certificatesPem())).size).toBe(1);
  expect(await readFile(all[0]!.certificatePath, 'utf8')).toBe(all[0]!.certificatesPem());
  expect(certificates(all[0]!.certificatesPem())).toHaveLength(2);
  // The losers' keys are gone.
  expect(await readdir(join(made.folder, 'secrets'))).toHaveLength(2);
  expect((await readdir(made.options.folder)).sort()).toEqual(['added-hosts.pem', 'ca.pem', 'known-providers.pem']);
});

describe('ensureFor', () => {
  test('changes nothing for hosts that the first authority covers', async () => {
    await using made = await testAuthority();
    expect(await made.authority.ensureFor(['api.openai.com', '*.anthropic.com', 'localhost:11434', '[::1]:1'])).toBe(
      false,
    );
    expect(made.authority.status()).toHaveLength(1);
    expect(() => made.authority.leafFor('llm.example')).toThrow(expect.objectContaining({ code: 'not-covered' }));
  });

  test('adds a second, unbound one for any other host, once', async () => {
    await using made = await testAuthority();
    const before = made.authority.certificatesPem();
    expect(await made.authority.ensureFor(['llm.example'])).toBe(true);
    expect(await made.authority.ensureFor(['llm.example', 'other.example'])).toBe(false);
    expect(made.authority.certificatesPem().startsWith(before)).toBe(true);
    expect(made.authority.status()[1]).toMatchObject({
      constrainedTo: null,
      subject: expect.stringContaining('added hosts') as string,
    });
    expect(await readFile(made.authority.certificatePath, 'utf8')).toBe(made.authority.certificatesPem());
    made.authority.leafFor('llm.example');
  });

  test('writes ca.pem again when it was deleted or edited', async () => {
    await using made = await testAuthority();
    await writeFile(made.authority.certificatePath, 'edited');
    expect(await made.authority.ensureFor([])).toBe(true);
    expect(await readFile(made.authority.certificatePath, 'utf8')).toBe(made.authority.certificatesPem());
  });
});

describe('damage is a clear error', () => {
  test('a certificate that is none', async () => {
    await using made = await testAuthority();
    await writeFile(join(made.options.folder, 'known-providers.pem'), 'garbage');
    await expect(openAuthority(made.options)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining('known-providers.pem') as string,
    });
  });

  test('a certificate that is no authority', async () => {
    await using made = await testAuthority();
    const pem = made.authority.certificatesPem();
    const der = Buffer.from(pem.replace(/-----[^-]+-----|\n/g, ''), 'base64');
    // basicConstraints: cA TRUE becomes FALSE.
    const at = der.indexOf(Buffer.from([0x55, 0x1d, 0x13, 0x01, 0x01, 0xff, 0x04, 0x08, 0x30, 0x06, 0x01, 0x01, 0xff]));
    der[at + 12] = 0;
    await writeFile(
      join(made.options.folder, 'known-providers.pem'),
      `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`,
    );
    await expect(openAuthority(made.options)).rejects.toMatchObject({ code: 'damaged' });
  });

  test.each([
    ['gone', (store: string, name: string) => rm(join(store, name))],
    ['garbage', (store: string, name: string) => writeFile(join(store, name), 'garbage')],
    [
      'of another certificate',
      async (store: string, name: string) => {
        await using other = await testAuthority();
        const [file = ''] = await readdir(join(other.folder, 'secrets'));
        await writeFile(join(store, name), await readFile(join(other.folder, 'secrets', file)));
      },
    ],
  ])('a key that is %s', async (_what, damage) => {
    await using made = await testAuthority();
    const store = join(made.folder, 'secrets');
    const [name = ''] = await readdir(store);
    await damage(store, name);
    await expect(openAuthority(made.options)).rejects.toMatchObject({ name: 'AuthorityError', code: 'damaged' });
  });

  test.skipIf(process.platform === 'win32')('a key that others can read', async () => {
    await using made = await testAuthority();
    const store = join(made.folder, 'secrets');
    const [name = ''] = await readdir(store);
    await chmod(join(store, name), 0o644);
    await expect(openAuthority(made.options)).rejects.toMatchObject({ name: 'KeychainError', code: 'exposed' });
  });

  test('a folder that cannot be made', async () => {
    await using made = await testAuthority();
    await writeFile(join(made.folder, 'file'), '');
    await expect(openAuthority({ ...made.options, folder: join(made.folder, 'file') })).rejects.toMatchObject({
      code: 'cannot-store',
    });
    const secrets = createFileStore(join(made.folder, 'file'));
    await expect(openAuthority({ ...made.options, folder: join(made.folder, 'new'), secrets })).rejects.toMatchObject({
      code: 'unwritable',
    });
  });
});

describe('leafFor', () => {
  test('is the same context until it grows old, then a new one', async () => {
    await using made = await testAuthority();
    const first = made.authority.leafFor('API.openai.com.');
    expect(made.authority.leafFor('api.openai.com')).toBe(first);
    made.clock.time += 5 * day;
    expect(made.authority.leafFor('api.openai.com')).toBe(first);
    made.clock.time += 1.5 * day;
    const renewed = made.authority.leafFor('api.openai.com');
    expect(renewed).not.toBe(first);
    // The clock was set back to before the leaf began.
    made.clock.time -= 10 * day;
    expect(made.authority.leafFor('api.openai.com')).not.toBe(renewed);
  });

  test('ends with the authority', async () => {
    await using made = await testAuthority();
    made.clock.time += 3_651 * day;
    expect(() => made.authority.leafFor('api.openai.com')).toThrow(expect.objectContaining({ code: 'expired' }));
  });

  test.each(['*.openai.com', '', 'a..openai.com', 'x\0.openai.com', '../openai.com'])('refuses %j', async (host) => {
    await using made = await testAuthority();
    expect(() => made.authority.leafFor(host)).toThrow(expect.objectContaining({ code: 'unsafe-host' }));
  });
});
