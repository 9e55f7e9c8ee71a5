// Databases of browsers, changed by the real certutil and read by a real browser.

import { mkdirSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nssStores } from '../../src/trust/nss.ts';
import { changeTrust } from '../../src/trust/trust.ts';
import type { TrustEnvironment, TrustStore } from '../../src/trust/trust-store.ts';
import { isThere, runProgram } from '../certificates/real-program.ts';
import { missingProgram } from '../support/programs.ts';
import { testTrust } from './test-authority.ts';

// certutil has no call that does nothing and ends with 0, but for this one.
const noCertutil = missingProgram('sh', '-c', 'command -v certutil');
const noChromium = isThere('chromium', '--version') ? undefined : missingProgram('chromium', '--version');

async function chromiumStore(env: TrustEnvironment): Promise<TrustStore> {
  const [store] = await nssStores(env);
  if (store === undefined) throw new Error('no store for Chromium');
  return store;
}

describe.skipIf(noCertutil)('with certutil', () => {
  test('makes the database, trusts, and takes back', async () => {
    await using trust = await testTrust();
    const env = trust.environment();
    const store = await chromiumStore(env);
    expect(store.id).toBe(`nss:${join(env.home, '.local/share/pki/nssdb')}`);
    expect(await store.status()).toEqual({ is: 'not-trusted' });

    const commands = await changeTrust(env, store, 'install');

    expect(commands.map(({ args }) => args[0])).toEqual(['-p', '-N', '-A', '-A']);
    expect(await store.status()).toEqual({ is: 'trusted' });
    const { output } = await runProgram('certutil', ['-L', '-d', `sql:${join(env.home, '.local/share/pki/nssdb')}`]);
    expect(output).toContain(trust.known.name);
    expect(await changeTrust(env, store, 'install')).toEqual([]);
    await changeTrust(env, store, 'uninstall');
    expect(await store.status()).toEqual({ is: 'not-trusted' });
    expect(await changeTrust(env, store, 'uninstall')).toEqual([]);
  });

  test('the older place of Chromium wins where it is there', async () => {
    await using trust = await testTrust();
    const env = trust.environment();
    mkdirSync(join(env.home, '.pki', 'nssdb'), { recursive: true });
    expect((await chromiumStore(env)).id).toBe(`nss:${join(env.home, '.pki/nssdb')}`);
  });

  test('after a rotation the old certificate goes when it is no longer named', async () => {
    await using trust = await testTrust();
    const both = trust.environment();
    await changeTrust(both, await chromiumStore(both), 'install');
    const env = trust.environment({ certificates: [trust.added] });
    const store = await chromiumStore(env);
    expect(await store.status()).toEqual({ is: 'outdated' });

    await changeTrust(env, store, 'install');

    expect(await store.status()).toEqual({ is: 'trusted' });
    const { output } = await runProgram('certutil', ['-L', '-d', `sql:${join(env.home, '.local/share/pki/nssdb')}`]);
    expect(output).not.toContain(trust.known.name);
  });

  test('a certificate that lost its trust is trusted again', async () => {
    await using trust = await testTrust();
    const env = trust.environment();
    const store = await chromiumStore(env);
    await changeTrust(env, store, 'install');
    const database = `sql:${join(env.home, '.local/share/pki/nssdb')}`;
    await runProgram('certutil', ['-M', '-n', trust.known.name, '-t', ',,', '-d', database]);
    expect(await store.status()).toEqual({ is: 'outdated' });
    await changeTrust(env, store, 'install');
    expect(await store.status()).toEqual({ is: 'trusted' });
  });

  test('every Firefox profile that was used, of packages too', async () => {
    await using trust = await testTrust();
    const env = trust.environment();
    const profiles = [
      '.mozilla/firefox/a.default',
      'snap/firefox/common/.mozilla/firefox/b.default',
      '.var/app/org.mozilla.firefox/.mozilla/firefox/c',
    ];
    for (const profile of profiles) {
      mkdirSync(join(env.home, profile), { recursive: true });
      await runProgram('certutil', ['-N', '--empty-password', '-d', `sql:${join(env.home, profile)}`]);
    }
    mkdirSync(join(env.home, '.mozilla/firefox/never used'), { recursive: true });
    const stores = (await nssStores(env)).filter(({ title }) => title === 'Firefox');
    expect(stores.map(({ id }) => id)).toEqual(profiles.map((profile) => `nss:${join(env.home, profile)}`));
    for (const store of stores) await changeTrust(env, store, 'install');
    for (const store of stores) expect(await store.status()).toEqual({ is: 'trusted' });
  });

  test.skipIf(noChromium)('Chromium opens a page of ours, and no more after', { timeout: 120_000 }, async () => {
    await using trust = await testTrust();
    const env = trust.environment();
    const store = await chromiumStore(env);
    const server = createServer(
      { SNICallback: (_host, done) => done(null, trust.test.authority.leafFor('localhost')) },
      (_request, response) => response.end('<p>the page of ours</p>'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const open = async (profile: string) => {
      const flags = [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--no-first-run',
        '--proxy-server=direct://',
      ];
      const { output } = await runProgram(
        'timeout',
        [
          '30',
          'chromium',
          ...flags,
          `--user-data-dir=${join(trust.test.folder, profile)}`,
          '--dump-dom',
          `https://localhost:${port}/`,
        ],
        { HOME: env.home },
      );
      return output;
    };
    try {
      expect(await open('before')).not.toContain('the page of ours');
      await changeTrust(env, store, 'install');
      expect(await open('during')).toContain('the page of ours');
      await changeTrust(env, store, 'uninstall');
      expect(await open('after')).not.toContain('the page of ours');
    } finally {
      server.close();
    }
  });
});

test('without certutil it says what to install', async () => {
  await using trust = await testTrust();
  const env = trust.environment({ run: () => Promise.resolve({ code: null, stdout: '', stderr: '' }) });
  const store = await chromiumStore(env);
  expect(await store.status()).toMatchObject({
    is: 'unavailable',
    hint: expect.stringContaining('libnss3-tools') as string,
  });
  await expect(changeTrust(env, store, 'install')).rejects.toMatchObject({ code: 'unavailable' });
});
