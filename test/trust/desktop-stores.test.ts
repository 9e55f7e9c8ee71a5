// macOS and Windows: their programs, played as their manuals describe what they print.

import { expect, test } from 'vitest';
import type { RunCommand } from '../../src/base/command.ts';
import { commandLine } from '../../src/base/command.ts';
import { changeTrust, trustStores } from '../../src/trust/trust.ts';
import type { TrustEnvironment, TrustStore } from '../../src/trust/trust-store.ts';
import { testTrust, type TestTrust } from './test-authority.ts';

/** SHA-1 of what is in the store. */
type Held = Set<string>;

function security(trust: TestTrust, held: Held, trusted: Held): RunCommand {
  const all = [trust.known, trust.added];
  return ({ args }) => {
    const [verb] = args;
    const certificate = all.find(({ path }) => args.includes(path));
    const byHash = args[args.indexOf('-Z') + 1] ?? '';
    if (verb === 'find-certificate') {
      const found = all.filter(({ sha1 }) => held.has(sha1));
      const stdout = found
        .map(({ sha1, sha256 }) => `SHA-256 hash: ${sha256}\nSHA-1 hash: ${sha1}\nkeychain: "…"\n`)
        .join('');
      return Promise.resolve({ code: found.length > 0 ? 0 : 44, stdout, stderr: '' });
    }
    if (verb === 'verify-cert')
      return Promise.resolve({ code: trusted.has(certificate?.sha1 ?? '') ? 0 : 1, stdout: '', stderr: '' });
    if (verb === 'add-trusted-cert') for (const set of [held, trusted]) set.add(certificate?.sha1 ?? '');
    if (verb === 'delete-certificate') for (const set of [held, trusted]) set.delete(byHash);
    return Promise.resolve({ code: 0, stdout: '', stderr: '' });
  };
}

function certutil(trust: TestTrust, held: Held): RunCommand {
  const all = [trust.known, trust.added];
  return ({ args }) => {
    const [, verb, , last = ''] = args;
    if (verb === '-store') {
      const entries = all
        .filter(({ sha1 }) => held.has(sha1))
        .map(
          ({ sha1 }, index) =>
            `================ Certificate ${index} ================\nSubject: OU=x, O=Scrim, CN=y\nCert Hash(sha1): ${sha1.toLowerCase()}\n`,
        );
      const foreign = `================ Certificate 9 ================\nSubject: O=Somebody\nCert Hash(sha1): ${'0'.repeat(40)}\n`;
      return Promise.resolve({ code: 0, stdout: `Root "Trusted Root"\n${foreign}${entries.join('')}`, stderr: '' });
    }
    if (verb === '-addstore') held.add(all.find(({ path }) => path === last)?.sha1 ?? '');
    if (verb === '-delstore') held.delete(last);
    return Promise.resolve({ code: 0, stdout: '', stderr: '' });
  };
}

async function systemStore(env: TrustEnvironment): Promise<TrustStore> {
  const [store] = await trustStores(env);
  if (store === undefined) throw new Error('no store');
  return store;
}

test.each(['darwin', 'win32'] as const)('%s: in and out, and after a rotation', async (platform) => {
  await using trust = await testTrust();
  const held: Held = new Set();
  const run = platform === 'darwin' ? security(trust, held, new Set()) : certutil(trust, held);
  const env = trust.environment({ platform, run, userId: 501 });
  const store = await systemStore(env);
  expect(await store.status()).toEqual({ is: 'not-trusted' });

  const commands = (await changeTrust(env, store, 'install')).map(commandLine);

  expect(commands).toEqual(
    [trust.known, trust.added].map(({ path }) =>
      platform === 'darwin'
        ? `security add-trusted-cert -r trustRoot -p ssl -k ${env.home}/Library/Keychains/login.keychain-db ${path}`
        : `certutil -user -addstore Root ${path}`,
    ),
  );
  expect(await store.status()).toEqual({ is: 'trusted' });
  expect(await changeTrust(env, store, 'install')).toEqual([]);
  const alone = { ...env, certificates: [trust.added] };
  expect(await (await systemStore(alone)).status()).toEqual({ is: 'outdated' });
  await changeTrust(alone, await systemStore(alone), 'install');
  expect(held).toEqual(new Set([trust.added.sha1]));
  await changeTrust(env, store, 'uninstall');
  expect(held.size).toBe(0);
});

test('a certificate in the keychain that is not trusted is trusted again', async () => {
  await using trust = await testTrust();
  const trusted: Held = new Set();
  const run = security(trust, new Set([trust.known.sha1, trust.added.sha1]), trusted);
  const env = trust.environment({ platform: 'darwin', run });
  const store = await systemStore(env);
  expect(await store.status()).toEqual({ is: 'outdated' });
  await changeTrust(env, store, 'install');
  expect(trusted.size).toBe(2);
});

test('a tool that says yes and does nothing is found out', async () => {
  await using trust = await testTrust();
  const env = trust.environment({ platform: 'win32', run: () => Promise.resolve({ code: 0, stdout: '', stderr: '' }) });
  await expect(changeTrust(env, await systemStore(env), 'install')).rejects.toMatchObject({ code: 'not-taken' });
});
