// What Scrim answers itself, and what it must not touch: wrong requests, loops, upgrades, and the rest of the machine's
// traffic.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createAuthority } from '../support/authority.ts';
import { ask, connectTo, exchangeBytes, openTunnel, readReply, secure } from '../support/http-client.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { startScrim, type ScrimProcess } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

const secret = makeSecret('aws-access-key-id', 'front');
const authority = createAuthority();
const chat = '/v1/chat/completions';
const banner = 'SSH-2.0-OpenSSH_9.9\r\n';

let provider: Playback;
let elsewhere: Playback;
let ssh: Server;
let scrim: ScrimProcess;
let ca: string;

beforeAll(async () => {
  provider = await startPlayback({ secret, tls: authority.issue({ names: ['api.openai.com', 'api.anthropic.com'] }) });
  elsewhere = await startPlayback({ secret, tls: authority.issue({ names: ['elsewhere.test'] }) });
  ssh = createTcpServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    // The server speaks first, and says goodbye after the client did.
    socket.write(banner);
    socket.on('data', (part) => socket.write(`echo ${part.toString()}`));
    socket.on('end', () => socket.end('bye'));
  });
  ssh.listen(0, '127.0.0.1');
  await once(ssh, 'listening');
  scrim = await startScrim({
    upstreamCa: authority.caPem,
    resolve: [
      `api.openai.com:443:127.0.0.1:${provider.port}`,
      `api.anthropic.com:443:127.0.0.1:${provider.port}`,
      `elsewhere.test:443:127.0.0.1:${elsewhere.port}`,
      `git.test:22:127.0.0.1:${(ssh.address() as AddressInfo).port}`,
    ],
  });
  ca = await readFile(scrim.ca, 'utf8');
});

afterAll(async () => {
  await scrim.stop();
  await provider.close();
  await elsewhere.close();
  ssh.close();
});

afterEach(async () => {
  const reply = await ask(`https://api.openai.com${chat}`, { proxy: scrim.proxy, ca });
  expect(reply).toMatchObject({ status: 200, error: undefined });
  expect(scrim.process.exitCode).toBeNull();
});

/** TLS to the intercepted host, as a client that trusts our authority. */
async function intercepted(alpn: string[] = ['http/1.1']) {
  return secure(await openTunnel(scrim.proxy, 'api.openai.com:443'), 'api.openai.com', ca, alpn);
}

describe('refused', () => {
  test.each([
    ['CONNECT without a port', 'CONNECT api.openai.com HTTP/1.1\r\nHost: api.openai.com\r\n\r\n'],
    ['CONNECT to a port that is none', 'CONNECT api.openai.com:99999 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['CONNECT to a URL', 'CONNECT https://api.openai.com/ HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['CONNECT to two hosts', 'CONNECT a.test,b.test:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['CONNECT to an address in another notation', 'CONNECT 0x7f.1:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['no HTTP at all', 'hello, is this HTTP?\r\n\r\n'],
    ['two Host fields', `GET ${chat} HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: api.openai.com\r\nConnection: close\r\n\r\n`],
    [
      'two lengths',
      'POST /openai/v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['an ftp target', 'GET ftp://example.com/ HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n'],
  ])('400: %s', async (_, bytes) => {
    expect(await exchangeBytes(scrim.proxy, bytes)).toMatchObject({ status: 400, failure: 'bad-request' });
    expect(await scrim.nextEvent('failure', ({ code }) => code === 'bad-request')).toBeDefined();
  });

  test('421: another host inside the tunnel', async () => {
    const tls = await intercepted();
    tls.write(`GET /v1/models HTTP/1.1\r\nHost: api.anthropic.com\r\nConnection: close\r\n\r\n`);
    expect(await readReply(tls)).toMatchObject({ status: 421, failure: 'misdirected' });
    expect(provider.requests.some(({ path }) => path === '/v1/models')).toBe(false);
  });

  test('421: the gateway under a name of the internet (DNS rebinding)', async () => {
    const bytes = `GET /openai/v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`;
    expect(await exchangeBytes(scrim.gateway, bytes)).toMatchObject({ status: 421, failure: 'misdirected' });
  });

  test('431: a header section of 16 MB', async () => {
    const socket = connectTo(scrim.proxy);
    const replied = readReply(socket);
    socket.write(`GET /openai/v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\n`);
    const line = Buffer.from(`X-Large: ${'x'.repeat(65_500)}\r\n`);
    for (let sent = 0; sent < 16 * 1024 * 1024 && !socket.destroyed; sent += line.length)
      if (!socket.write(line)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
    socket.end('\r\n');
    expect(await replied).toMatchObject({ status: 431, failure: 'too-large' });
    expect(await scrim.peakMemory()).toBeLessThan(400e6);
  });

  test('404: a gateway path that names no provider', async () => {
    expect(await ask(`${scrim.gateway}/nobody/v1/models`, { method: 'GET' })).toMatchObject({ status: 404 });
  });

  test('508: a request that leads back to us, by each way', async () => {
    const { host } = new URL(scrim.proxy);
    const absolute = `GET http://${host}/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    expect(await exchangeBytes(scrim.proxy, absolute)).toMatchObject({ status: 508, failure: 'loop' });
    const connect = `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
    expect(await exchangeBytes(scrim.proxy, connect)).toMatchObject({ status: 508, failure: 'loop' });
  });
});

describe('WebSocket', () => {
  const upgrade = (host: string, path: string) =>
    [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${Buffer.from('scrim-test-nonce').toString('base64')}`,
      '\r\n',
    ].join('\r\n');

  test('426 on an intercepted host and at the gateway: the client falls back to HTTP', async () => {
    const tls = await intercepted();
    tls.write(upgrade('api.openai.com', '/v1/responses'));
    expect(await readReply(tls)).toMatchObject({
      status: 426,
      failure: 'upgrade-required',
      headers: { upgrade: 'HTTP/1.1' },
    });
    const { host } = new URL(scrim.gateway);
    expect(await exchangeBytes(scrim.gateway, upgrade(host, '/openai/v1/responses'))).toMatchObject({ status: 426 });
  });
});

describe('not ours', () => {
  test('a host that the policy does not name shows its own certificate, and its answer is its own', async () => {
    const socket = await openTunnel(scrim.proxy, 'elsewhere.test:443');
    const tls = await secure(socket, 'elsewhere.test', authority.caPem, ['http/1.1']);
    expect(tls.getPeerCertificate().issuer.CN).toBe('Scrim test authority');
    tls.write(`POST ${chat} HTTP/1.1\r\nHost: elsewhere.test\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`);
    const { status, body } = await readReply(tls);
    expect(status).toBe(200);
    expect(body.toString()).toContain(secret);
    expect(scrim.events.some((event) => event.event === 'exchange' && event.host === 'elsewhere.test')).toBe(false);
  });

  test('an intercepted host shows ours', async () => {
    const tls = await intercepted();
    expect(tls.getPeerCertificate().issuer.CN).toMatch(/Scrim/);
    expect(tls.getPeerCertificate().subjectaltname).toBe('DNS:api.openai.com');
    tls.destroy();
  });

  test('an SSH banner and what follows it pass, and so does a half-close', async () => {
    const socket = await openTunnel(scrim.proxy, 'git.test:22');
    socket.setEncoding('utf8');
    let heard = '';
    socket.on('data', (text: string) => (heard += text)).resume();
    const until = async (text: string) => {
      while (!heard.includes(text)) await once(socket, 'data');
    };
    await until(banner);
    socket.write('SSH-2.0-client\r\n');
    await until('echo SSH-2.0-client\r\n');
    socket.end();
    await once(socket, 'end');
    expect(heard).toBe(`${banner}echo SSH-2.0-client\r\nbye`);
  });

  test('the far end resets a tunnel: so does ours', async () => {
    const accepted = once(ssh, 'connection') as Promise<[Socket]>;
    const socket = await openTunnel(scrim.proxy, 'git.test:22');
    socket.resume();
    const [far] = await accepted;
    const failed = once(socket, 'error') as Promise<[NodeJS.ErrnoException]>;
    far.resetAndDestroy();
    expect((await failed)[0].code).toBe('ECONNRESET');
  });

  test('a tunnel that cannot be opened is a 502', async () => {
    const bytes = 'CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n';
    expect(await exchangeBytes(scrim.proxy, bytes)).toMatchObject({ status: 502, failure: 'upstream-lost' });
  });
});
