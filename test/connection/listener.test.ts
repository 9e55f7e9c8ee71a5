import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import tls from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import {
  answerOf,
  closeAll,
  codeOf,
  connected,
  createRig,
  drain,
  get,
  leaf,
  provider,
  raw,
  serve,
  tlsTunnel,
  tunnel,
  until,
} from './rig.ts';

afterEach(closeAll);

const echo = () =>
  https.createServer(leaf, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => response.end(JSON.stringify({ url: request.url, body: Buffer.concat(chunks).toString() })));
  });

const plainEcho = () =>
  http.createServer((request, response) => {
    request.resume();
    request.on('end', () =>
      response.end(`${request.method ?? ''} ${request.url ?? ''} ${request.rawHeaders.join('|')}`),
    );
  });

describe('CONNECT', () => {
  test('opens TLS for a host of the policy, with a leaf of our authority', async () => {
    const port = await serve(echo());
    const rig = await createRig();
    const answer = await get(rig, `localhost:${port}`, '/v1?x=1', {
      method: 'POST',
      headers: ['Content-Length', '2'],
      body: 'hi',
    });
    expect(JSON.parse(answer.body.toString())).toEqual({ url: '/v1?x=1', body: 'hi' });
    expect(rig.clients[0]).toMatchObject({
      via: 'proxy',
      address: '127.0.0.1',
      head: { scheme: 'https', host: 'localhost', port },
    });
  });

  test('keeps the connection for several requests', async () => {
    const port = await serve(echo());
    const rig = await createRig();
    const socket = await tlsTunnel(rig, `localhost:${port}`);
    for (const path of ['/1', '/2', '/3']) {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
      expect(await until(socket, /\}/)).toContain(`"url":"${path}"`);
    }
  });

  test('works without SNI, for an IPv4 and an IPv6 literal', async () => {
    const four = await serve(echo());
    const six = await serve(echo(), '::1');
    const rig = await createRig();
    expect((await get(rig, `127.0.0.1:${four}`, '/4')).status).toBe(200);
    expect((await get(rig, `[::1]:${six}`, '/6')).status).toBe(200);
    expect(rig.clients[1]?.head.host).toBe('::1');
  });

  test('takes the TLS hello in the same packet as the CONNECT', async () => {
    const port = await serve(echo());
    const rig = await createRig();
    const socket = await connected(rig.port);
    const { Duplex } = await import('node:stream');
    let sent = false;
    let answered = false;
    const pipe = new Duplex({
      read: () => undefined,
      write(chunk: Buffer, _encoding, done) {
        const target = `localhost:${port}`;
        const connect = Buffer.from(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
        socket.write(sent ? chunk : Buffer.concat([connect, chunk]), done);
        sent = true;
      },
    });
    socket.on('data', (chunk: Buffer) => {
      const bytes = answered ? chunk : chunk.subarray(chunk.indexOf('\r\n\r\n') + 4);
      answered = true;
      if (bytes.length > 0) pipe.push(bytes);
    });
    const secure = tls.connect({
      socket: pipe,
      servername: 'localhost',
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
    });
    await once(secure, 'secureConnect');
    secure.write(`GET /early HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    expect(await until(secure, /\}/)).toContain('"url":"/early"');
    secure.destroy();
  });

  test('passes cleartext HTTP inside the tunnel to the exchange', async () => {
    const port = await serve(plainEcho());
    const rig = await createRig();
    const socket = await tunnel(rig, `localhost:${port}`);
    socket.write(`GET /clear HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`);
    expect((await drain(socket)).text).toContain('GET /clear');
    expect(rig.clients[0]?.head).toMatchObject({ scheme: 'http', host: 'localhost', port, path: '/clear' });
  });

  test('tunnels a host that the policy does not name: the certificate is the server’s own', async () => {
    const port = await serve(echo());
    const rig = await createRig({ intercepts: () => false });
    const secure = await tlsTunnel(rig, `localhost:${port}`, { ca: provider.caPem });
    expect(secure.getPeerCertificate().issuer.CN).toBe('Provider authority');
    expect(rig.clients).toHaveLength(0);
    expect(rig.events).toEqual([{ type: 'tunnel', host: 'localhost', port }]);
    secure.destroy();
  });

  test('lets a server speak first, and carries half-closes', async () => {
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.write('SSH-2.0-OpenSSH_9.9\r\n');
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('end', () => socket.end(`got ${text}`));
    });
    const port = await serve(server);
    const rig = await createRig({ intercepts: () => false });
    const socket = await connected(rig.port, '127.0.0.1', true);
    socket.write(`CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    await until(socket, /OpenSSH_9\.9\r\n$/);
    const rest = drain(socket);
    socket.end('bye');
    expect((await rest).text).toBe('got bye');
  });

  test('tunnels what is neither TLS nor HTTP, also for a host of the policy', async () => {
    const server = net.createServer((socket) => socket.on('data', (chunk) => socket.end(`echo ${chunk.toString()}`)));
    const port = await serve(server);
    const rig = await createRig();
    const socket = await tunnel(rig, `localhost:${port}`);
    const answer = drain(socket);
    socket.write('SSH-2.0-client\r\n');
    expect((await answer).text).toBe('echo SSH-2.0-client\r\n');
  });

  test.each([
    'localhost',
    'localhost:',
    'localhost:0',
    'localhost:70000',
    'localhost:8x',
    '..:443',
    'a..b:443',
    '../../etc:443',
    '[::1:443',
    '[zz]:443',
    ':443',
    '127.1:443',
    '0x7f.0.0.1:443',
    'user@host:443',
  ])('answers 400 to the target %j', async (target) => {
    const rig = await createRig();
    const answer = await raw(rig, `CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(answer.text).toMatch(/^HTTP\/1\.1 400 /);
    expect(codeOf(answer.text)).toBe('bad-request');
  });

  test('answers 400 to an empty target', async () => {
    const rig = await createRig();
    expect((await raw(rig, 'CONNECT  HTTP/1.1\r\nHost: x\r\n\r\n')).text).toMatch(/^HTTP\/1\.1 400 /);
  });

  test('answers 421 when Host is not the target, and goes on serving the connection', async () => {
    const port = await serve(echo());
    const rig = await createRig();
    const socket = await tlsTunnel(rig, `localhost:${port}`);
    socket.write('GET / HTTP/1.1\r\nHost: other.test\r\n\r\n');
    expect(codeOf(await until(socket, /\}\}\n/))).toBe('misdirected');
    socket.write(`GET /right HTTP/1.1\r\nHost: LOCALHOST:${port}\r\n\r\n`);
    expect(await until(socket, /\}/)).toContain('/right');
    expect(rig.clients).toHaveLength(1);
  });

  test('closes a client that is silent after CONNECT, and one that is silent from the start', async () => {
    const rig = await createRig({ silentMs: 100 });
    const socket = await tunnel(rig, 'localhost:443');
    await once(socket, 'close');
    const other = await connected(rig.port);
    other.resume();
    await once(other, 'close');
  });

  test('reports a handshake that the client broke off', async () => {
    const rig = await createRig();
    const socket = await tunnel(rig, 'localhost:443');
    const secure = tls.connect({ socket, servername: 'localhost' });
    await once(secure, 'error');
    await expect.poll(() => rig.events.map((event) => event.type)).toContain('handshake-failed');
  });
});

describe('absolute form', () => {
  test('reaches the exchange for a host of the policy, and only there', async () => {
    const port = await serve(plainEcho());
    const rig = await createRig({ intercepts: (host) => host === 'localhost' });
    const get = (host: string) =>
      raw(
        rig,
        `GET http://${host}:${port}/a?b HTTP/1.1\r\nHost: wrong\r\nProxy-Authorization: Basic eA==\r\nX-Twice: 1\r\nx-twice: 2\r\nConnection: close\r\n\r\n`,
      );
    const ours = await get('localhost');
    expect(ours.text).toContain(`GET /a?b Host|localhost:${port}|X-Twice|1|x-twice|2|Connection|keep-alive`);
    expect(rig.clients).toHaveLength(1);
    expect((await get('127.0.0.1')).text).toContain(`GET /a?b Host|127.0.0.1:${port}|X-Twice|1|x-twice|2`);
    expect(rig.clients).toHaveLength(1);
  });

  test('forwards other hosts undecoded', async () => {
    const { gzipSync } = await import('node:zlib');
    const packed = gzipSync('hello');
    const port = await serve(
      http.createServer((_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(packed)),
    );
    const rig = await createRig({ intercepts: () => false });
    const request = http.request({ host: '127.0.0.1', port: rig.port, path: `http://localhost:${port}/` });
    const answer = answerOf(request);
    request.end();
    expect((await answer).body).toEqual(packed);
  });

  test.each(['ftp://x/', 'http:///x', 'http://user@host/', 'http://a..b/', '*', 'x'])(
    'refuses the target %j',
    async (target) => {
      const rig = await createRig();
      expect((await raw(rig, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).text).toMatch(
        /^HTTP\/1\.1 400 /,
      );
    },
  );

  test('upgrades: 426 for a host of the policy, a tunnel for any other', async () => {
    const server = http.createServer();
    server.on('upgrade', (request, socket) => {
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: ${request.headers['sec-websocket-protocol'] ?? ''}\r\n\r\n`,
      );
      socket.on('data', (chunk: Buffer) => socket.end(`frame ${chunk.toString()}`));
    });
    const port = await serve(server);
    const rig = await createRig({ intercepts: (host) => host === 'model.test' });
    const fields =
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==';
    const refused = await raw(rig, `GET http://model.test/ws HTTP/1.1\r\nHost: model.test\r\n${fields}\r\n\r\n`);
    expect(refused.text).toMatch(/^HTTP\/1\.1 426 [\s\S]*Connection: close/);
    expect(codeOf(refused.text)).toBe('upgrade-required');
    const socket = await connected(rig.port);
    socket.write(`GET http://localhost:${port}/ws HTTP/1.1\r\nHost: localhost:${port}\r\n${fields}\r\n\r\n`);
    expect(await until(socket, /\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 101 [\s\S]*Protocol: chat/);
    const rest = drain(socket);
    socket.write('ping');
    expect((await rest).text).toBe('frame ping');
  });
});

describe('gateway', () => {
  const gateway =
    (port: number, scheme: 'http' | 'https' = 'http') =>
    (path: string) =>
      path.startsWith('/openai/')
        ? { provider: 'openai', scheme, host: 'localhost', port, path: path.slice('/openai'.length) }
        : undefined;

  test('rewrites the target, and names the provider', async () => {
    const port = await serve(plainEcho());
    const rig = await createRig({ gateway: gateway(port) });
    const answer = await raw(
      rig,
      `GET /openai/v1/models?x HTTP/1.1\r\nHost: 127.0.0.1:${rig.port}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.text).toContain(`GET /v1/models?x Host|localhost:${port}`);
    expect(rig.clients[0]).toMatchObject({
      via: 'gateway',
      provider: 'openai',
      head: { path: '/v1/models?x', host: 'localhost' },
    });
  });

  test('answers an unknown provider with 404', async () => {
    const rig = await createRig();
    expect((await raw(rig, 'GET /nobody/v1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).text).toMatch(
      /^HTTP\/1\.1 404 /,
    );
  });

  test.each([
    ['a foreign Host (DNS rebinding)', 'Host: evil.example\r\n', 421],
    ['no Host', '', 400],
    ['two Hosts', 'Host: localhost\r\nHost: localhost\r\n', 400],
    ['an invalid Host', 'Host: a..b\r\n', 400],
    ['a foreign Origin', 'Host: localhost\r\nOrigin: https://evil.example\r\n', 403],
    ['an opaque Origin', 'Host: localhost\r\nOrigin: null\r\n', 403],
    ['a cross-site fetch', 'Host: localhost\r\nSec-Fetch-Site: cross-site\r\n', 403],
    ['a loopback Origin', 'Host: localhost\r\nOrigin: http://localhost:3000\r\n', 200],
  ])('%s', async (_name, fields, status) => {
    const port = await serve(plainEcho());
    const rig = await createRig({ gateway: gateway(port) });
    const answer = await raw(rig, `GET /openai/v1 HTTP/1.1\r\n${fields}Connection: close\r\n\r\n`);
    expect(answer.text).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(rig.clients).toHaveLength(status === 200 ? 1 : 0);
  });

  test('answers a WebSocket upgrade with 426, and ignores an offer of h2c', async () => {
    const port = await serve(plainEcho());
    const rig = await createRig({ gateway: gateway(port) });
    const ws = await raw(
      rig,
      'GET /openai/v1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    expect(ws.text).toMatch(/^HTTP\/1\.1 426 /);
    const h2c = await raw(
      rig,
      'GET /openai/v1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
    );
    expect(h2c.text).toMatch(/^HTTP\/1\.1 200 /);
    expect(h2c.text).not.toMatch(/settings/i);
  });

  test('serves an HTTP/1.0 client', async () => {
    const server = http.createServer((_, response) => {
      response.write('part one, ');
      setImmediate(() => response.end('part two'));
    });
    const port = await serve(server);
    const rig = await createRig({ gateway: gateway(port) });
    const answer = await raw(rig, 'GET /openai/v1 HTTP/1.0\r\n\r\n');
    expect(answer.text).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\npart one, part two$/);
    expect(answer.text).not.toMatch(/transfer-encoding/i);
  });
});
