import { X509Certificate } from 'node:crypto';
import { connect, createServer, type SecureContext } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { certifiedHost } from '../../src/certificates/host-name.ts';
import { createLeaves } from '../../src/certificates/leaves.ts';
import { loadAuthority } from '../../src/certificates/stored-authority.ts';
import { testAuthority, type TestAuthority } from './temporary-authority.ts';

const day = 86_400_000;

async function signerOf(made: TestAuthority) {
  const stored = await loadAuthority(made.authority.status()[0]!.path, made.options.secrets);
  return stored!.signer;
}

/** The certificates that a server with this context sends. */
async function sent(context: SecureContext): Promise<X509Certificate[]> {
  const server = createServer({ SNICallback: (_name, done) => done(null, context) }, (socket) => socket.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, servername: 'x.openai.com', rejectUnauthorized: false }, () => {
        const peer = socket.getPeerCertificate(true);
        socket.destroy();
        const list = [peer];
        for (
          let next = peer.issuerCertificate as typeof peer | undefined;
          next && next !== list.at(-1);
          next = next.issuerCertificate
        )
          list.push(next);
        resolve(list.map(({ raw }) => new X509Certificate(raw)));
      });
      socket.on('error', reject);
    });
  } finally {
    server.close();
  }
}

test.each([
  ['api.openai.com', 'CN=api.openai.com', 'DNS:api.openai.com'],
  ['127.0.0.1', 'O=Scrim', 'IP Address:127.0.0.1'],
  ['[::1]', 'O=Scrim', 'IP Address:0:0:0:0:0:0:0:1'],
  [`${'a'.repeat(60)}.openai.com`, 'O=Scrim', `DNS:${'a'.repeat(60)}.openai.com`],
])('the leaf of %s', async (host, subject, alternative) => {
  await using made = await testAuthority();
  const signer = await signerOf(made);
  const chain = await sent(createLeaves(made.clock).contextFor(certifiedHost(host), signer));
  // The client has the authority; sending it along would only cost bytes.
  expect(chain).toHaveLength(1);
  const leaf = chain[0]!;
  const authority = new X509Certificate(signer.pem);
  expect(leaf.subject).toBe(subject);
  expect(leaf.subjectAltName).toBe(alternative);
  expect(leaf.ca).toBe(false);
  expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(leaf.issuer).toBe(authority.subject);
  expect(leaf.checkIssued(authority)).toBe(true);
  expect(leaf.verify(authority.publicKey)).toBe(true);
  expect(leaf.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
  const [from, to] = [leaf.validFromDate.getTime(), leaf.validToDate.getTime()];
  expect(Math.round((made.clock.time - from) / day)).toBe(1);
  expect(Math.round((to - made.clock.time) / day)).toBe(7);
});

test('every leaf has its own serial number, positive and of at least 64 random bits', async () => {
  await using made = await testAuthority();
  const signer = await signerOf(made);
  const serials = new Set<string>();
  for (let i = 0; i < 20; i += 1) {
    const [leaf] = await sent(createLeaves(made.clock).contextFor(certifiedHost('api.openai.com'), signer));
    expect(leaf?.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    serials.add(leaf?.serialNumber ?? '');
  }
  expect(serials.size).toBe(20);
});

test('the cache keeps what was used last', async () => {
  await using made = await testAuthority();
  const signer = await signerOf(made);
  const leaves = createLeaves(made.clock, 3);
  const contextFor = (host: string) => leaves.contextFor(certifiedHost(`${host}.openai.com`), signer);
  const a = contextFor('a');
  const b = contextFor('b');
  contextFor('c');
  expect(contextFor('a')).toBe(a);
  contextFor('d');
  expect(leaves.size).toBe(3);
  expect(contextFor('a')).toBe(a);
  expect(contextFor('b')).not.toBe(b);
});
