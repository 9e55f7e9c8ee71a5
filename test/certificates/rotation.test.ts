// A new authority takes the place of the old one, and no client is cut off that starts again in time.

import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { openAuthority, type Authority } from '../../src/certificates/authority.ts';
import { rotationGrace } from '../../src/certificates/rotation.ts';
import { testAuthority, type TestAuthority } from './temporary-authority.ts';

const hour = 3_600_000;

/** Whether a client that read `ca` when it started accepts what the authority serves now. */
async function accepts(authority: Authority, ca: string, host = 'api.openai.com'): Promise<boolean> {
  const server = createServer({ SNICallback: (name, done) => done(null, authority.leafFor(name)) });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, servername: host, ca });
      socket.on('secureConnect', () => resolve(true)).on('error', () => resolve(false));
      socket.on('close', () => resolve(false));
      socket.on('secureConnect', () => socket.destroy());
    });
  } finally {
    server.close();
  }
}

const fingerprint = (authority: Authority) => authority.status()[0]?.fingerprint256;
const secretNames = (made: TestAuthority) => readdir(join(made.folder, 'secrets'));

test('the successor is published and waits', async () => {
  await using made = await testAuthority();
  const { authority } = made;
  const old = fingerprint(authority);
  const before = authority.certificatesPem();

  await authority.rotate();

  expect(fingerprint(authority)).toBe(old);
  const [successor, ...more] = authority.incoming();
  expect(more).toEqual([]);
  expect(successor?.fingerprint256).not.toBe(old);
  expect(Date.parse(successor?.takesOver ?? '') - made.clock.time).toBeGreaterThan(rotationGrace - hour);
  const published = await readFile(authority.certificatePath, 'utf8');
  expect(published).toBe(authority.certificatesPem());
  expect(published.startsWith(before)).toBe(true);
  expect(published.match(/BEGIN/g)).toHaveLength(2);
});

test('a second rotation while one waits changes nothing', async () => {
  await using made = await testAuthority();
  await made.authority.rotate();
  const published = made.authority.certificatesPem();
  await made.authority.rotate();
  expect(made.authority.certificatesPem()).toBe(published);
  expect(await secretNames(made)).toHaveLength(2);
});

test('clients from before go on until the take-over, clients from since then go on for ever', async () => {
  await using made = await testAuthority();
  const { authority, clock } = made;
  const fromBefore = authority.certificatesPem();
  await authority.rotate();
  const fromBetween = authority.certificatesPem();
  expect(await accepts(authority, fromBefore)).toBe(true);
  expect(await accepts(authority, fromBetween)).toBe(true);

  // Hours, not days: a leaf of tomorrow would not be valid yet for the clients of this test.
  clock.time += 2 * hour;
  expect(await authority.finishRotation(3 * hour)).toBe(false);
  expect(await accepts(authority, fromBefore)).toBe(true);

  clock.time += 2 * hour;
  expect(await authority.finishRotation(3 * hour)).toBe(true);
  expect(await accepts(authority, fromBefore)).toBe(false);
  expect(await accepts(authority, fromBetween)).toBe(true);
  expect(await accepts(authority, authority.certificatesPem())).toBe(true);
  expect(authority.certificatesPem().match(/BEGIN/g)).toHaveLength(1);
  expect(authority.incoming()).toEqual([]);
  expect(await authority.finishRotation(3 * hour)).toBe(false);
});

test('the old key is gone after the take-over', async () => {
  await using made = await testAuthority();
  const old = await secretNames(made);
  await made.authority.rotate();
  await made.authority.finishRotation(0);
  const left = await secretNames(made);
  expect(left).toHaveLength(1);
  expect(left).not.toEqual(old);
  expect((await readdir(made.options.folder)).sort()).toEqual(['ca.pem', 'known-providers.pem']);
});

test('at once, for a key that was stolen', async () => {
  await using made = await testAuthority();
  const stolen = made.authority.certificatesPem();
  await made.authority.rotate();
  expect(await made.authority.finishRotation(0)).toBe(true);
  expect(made.authority.certificatesPem()).not.toContain(stolen.trim());
});

test('both authorities are replaced, each bound as before', async () => {
  await using made = await testAuthority();
  await made.authority.ensureFor(['llm.example']);
  const before = made.authority.status();
  await made.authority.rotate();
  await made.authority.finishRotation(0);
  const after = made.authority.status();
  expect(after.map(({ constrainedTo }) => constrainedTo)).toEqual(before.map(({ constrainedTo }) => constrainedTo));
  expect(after.map(({ fingerprint256 }) => fingerprint256)).not.toEqual(
    before.map(({ fingerprint256 }) => fingerprint256),
  );
  expect(await accepts(made.authority, made.authority.certificatesPem(), 'llm.example')).toBe(true);
});

test('the successor knows the providers of today', async () => {
  await using made = await testAuthority();
  const newer = await openAuthority({ ...made.options, wellKnown: ['openai.com', 'new.example'] });
  await newer.rotate();
  await newer.finishRotation(0);
  expect(newer.status()[0]?.constrainedTo).toContain('new.example');
});

test('a process that runs takes part in what another one does', async () => {
  await using made = await testAuthority();
  const running = made.authority;
  const other = await openAuthority(made.options);
  await other.rotate();
  // It must not write the successor out of the file.
  await running.ensureFor(['llm.example']);
  expect(running.incoming()).toHaveLength(1);
  expect((await readFile(running.certificatePath, 'utf8')).match(/BEGIN/g)).toHaveLength(3);

  await other.finishRotation(0);
  expect(await running.finishRotation()).toBe(true);

  expect(running.status()).toEqual((await openAuthority(made.options)).status());
  expect(await accepts(running, running.certificatesPem())).toBe(true);
});

test('a restart between both steps changes nothing', async () => {
  await using made = await testAuthority();
  await made.authority.rotate();
  const again = await openAuthority(made.options);
  expect(again.certificatesPem()).toBe(made.authority.certificatesPem());
  expect(again.incoming()).toEqual(made.authority.incoming());
});

test.each(['before', 'after'] as const)('a crash %s the new certificate is in place is made good', async (when) => {
  await using made = await testAuthority();
  const { folder } = made.options;
  const path = join(folder, 'known-providers.pem');
  const old = await readFile(path, 'utf8');
  await made.authority.rotate();
  // What such a crash leaves: the old certificate is set aside, its key is still there.
  await writeFile(join(folder, 'retired-1.pem'), old);
  if (when === 'after') await rename(join(folder, 'known-providers.next.pem'), path);
  const again = await openAuthority(made.options);

  await again.finishRotation(0);

  expect((await readdir(folder)).sort()).toEqual(['ca.pem', 'known-providers.pem']);
  expect(await secretNames(made)).toHaveLength(1);
  expect(await accepts(again, again.certificatesPem())).toBe(true);
});

test('a key that is still in use outlives such a crash', async () => {
  await using made = await testAuthority();
  await made.authority.rotate();
  const old = await readFile(join(made.options.folder, 'known-providers.pem'), 'utf8');
  await writeFile(join(made.options.folder, 'retired-1.pem'), old);

  expect(await made.authority.finishRotation()).toBe(false);

  const again = await openAuthority(made.options);
  expect(fingerprint(again)).toBe(fingerprint(made.authority));
  expect(await accepts(again, old)).toBe(true);
});

test('two processes that finish at once agree', async () => {
  await using made = await testAuthority();
  await made.authority.rotate();
  const others = await Promise.all([1, 2, 3].map(() => openAuthority(made.options)));
  await Promise.all([made.authority, ...others].map((authority) => authority.finishRotation(0)));
  for (const authority of others) {
    await authority.finishRotation(0);
    expect(authority.certificatesPem()).toBe(await readFile(authority.certificatePath, 'utf8'));
    expect(await accepts(authority, authority.certificatesPem())).toBe(true);
  }
  expect(await secretNames(made)).toHaveLength(1);
});
