import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type tls from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { createUpstream } from '../../src/connection/upstream.ts';
import { createAuthority } from '../support/authority.ts';
import { closeAll, codeOf, connected, createRig, get, leaf, provider, raw, serve, tlsTunnel, until } from './rig.ts';

afterEach(closeAll);

const say = (text: string) => (_: http.IncomingMessage, response: http.ServerResponse) => response.end(text);

describe('certificates', () => {
  const yesterday = new Date(Date.now() - 86_400_000);
  test.each([
    ['self-signed', provider.issue({ names: ['localhost'], selfSigned: true }), 'is not signed by a trusted authority'],
    [
      'of an unknown authority',
      createAuthority().issue({ names: ['localhost'] }),
      'is not signed by a trusted authority',
    ],
    ['expired', provider.issue({ names: ['localhost'], notAfter: yesterday }), 'has expired'],
    ['for another name', provider.issue({ names: ['other.test'] }), 'is for another name'],
  ])('%s: 502 untrusted-upstream with the remedy, and no request goes out', async (_name, pair, reason) => {
    let requests = 0;
    const port = await serve(https.createServer(pair, () => (requests += 1)));
    const rig = await createRig();
    const answer = await get(rig, `localhost:${port}`, '/');
    expect(answer.status).toBe(502);
    expect(codeOf(answer.body)).toBe('untrusted-upstream');
    expect(answer.body.toString()).toContain(`localhost:${port} ${reason}`);
    expect(requests).toBe(0);
  });

  test('are verified whatever the environment says', async () => {
    const port = await serve(https.createServer(provider.issue({ names: ['localhost'], selfSigned: true }), say('no')));
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      const rig = await createRig();
      expect(codeOf((await get(rig, `localhost:${port}`, '/')).body)).toBe('untrusted-upstream');
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  test('of an IP address are checked against that address', async () => {
    const good = await serve(https.createServer(leaf, say('fine')));
    const bad = await serve(https.createServer(provider.issue({ names: ['localhost'] }), say('no')));
    const rig = await createRig();
    expect((await get(rig, `127.0.0.1:${good}`, '/')).body.toString()).toBe('fine');
    expect(codeOf((await get(rig, `127.0.0.1:${bad}`, '/')).body)).toBe('untrusted-upstream');
  });
});

describe('messages', () => {
  test('order, case and duplicates of fields survive both ways; hop-by-hop fields and Alt-Svc do not', async () => {
    const server = net.createServer((socket) => {
      let text = '';
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1');
        if (!text.endsWith('\r\n\r\n')) return;
        const body = Buffer.from(text, 'latin1');
        socket.end(
          `HTTP/1.1 207 Quite Fine\r\nX-B: 1\r\nx-A: 2\r\nX-B: 3\r\nAlt-Svc: h3=":443"\r\nKeep-Alive: timeout=5\r\nConnection: close, x-hop\r\nX-Hop: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: ${body.length}\r\n\r\n${text}`,
        );
      });
    });
    const port = await serve(server);
    const rig = await createRig();
    const fields =
      'Host: x\r\nX-b: 1\r\nuser-AGENT: u\r\nX-b: 2\r\nTE: trailers\r\nProxy-Connection: keep-alive\r\nConnection: close, x-mine, host\r\nX-Mine: 1';
    const answer = await raw(rig, `GET http://localhost:${port}/ HTTP/1.1\r\n${fields}\r\n\r\n`);
    const [head = '', body = ''] = answer.text.split(/\r\n\r\n(.*)/s);
    expect(head).toMatch(
      /^HTTP\/1\.1 207 Quite Fine\r\nX-B: 1\r\nx-A: 2\r\nX-B: 3\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: \d+/,
    );
    expect(head).not.toMatch(/alt-svc|x-hop|timeout=5/i);
    expect(body).toBe(
      `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nX-b: 1\r\nuser-AGENT: u\r\nX-b: 2\r\nConnection: keep-alive\r\n\r\n`,
    );
  });

  test('trailers pass both ways', async () => {
    const server = http.createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        response.setHeader('Trailer', 'X-Sum');
        response.write(JSON.stringify(request.rawTrailers));
        response.addTrailers([['X-Sum', 'abc']]);
        response.end();
      });
    });
    const port = await serve(server);
    const rig = await createRig();
    const answer = await raw(
      rig,
      `POST http://localhost:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nTrailer: X-Req\r\n\r\n2\r\nhi\r\n0\r\nX-Req: 1\r\n\r\n`,
    );
    expect(answer.text).toContain('["X-Req","1"]');
    expect(answer.text).toMatch(/0\r\nX-Sum: abc\r\n\r\n$/);
  });

  test('103 Early Hints pass; 100-continue is answered when the body is wanted', async () => {
    const server = http.createServer((request, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => response.end(`${request.headers.expect ?? 'no expect'} ${body}`));
    });
    const port = await serve(server);
    const rig = await createRig();
    const socket = await connected(rig.port);
    socket.write(
      `POST http://localhost:${port}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n`,
    );
    expect(await until(socket, /100 Continue\r\n\r\n/)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    socket.write('hi');
    expect(await until(socket, /no expect hi/)).toMatch(
      /HTTP\/1\.1 103 Early Hints\r\nLink: [^\r]+\r\n\r\nHTTP\/1\.1 200 OK/,
    );
  });

  test('a refused request gets no 100', async () => {
    const rig = await createRig();
    const answer = await raw(
      rig,
      'POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n',
    );
    expect(answer.text).toMatch(/^HTTP\/1\.1 404 [\s\S]*Connection: close/);
  });

  test('a head without a body in the same tick leaves at once', async () => {
    let finish: () => void = () => undefined;
    const port = await serve(
      http.createServer((_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.flushHeaders();
        finish = () => response.end('data: 1\n\n');
      }),
    );
    const rig = await createRig();
    const socket = await connected(rig.port);
    socket.write(`GET http://localhost:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(await until(socket, /\r\n\r\n/)).toContain('text/event-stream');
    finish();
    await until(socket, /data: 1/);
  });

  test('HEAD, 204 and 304 have no body, whatever their fields say', async () => {
    const server = http.createServer((request, response) => {
      const status = Number(request.url?.slice(1));
      response.writeHead(status, status === 204 ? {} : { 'Content-Length': '5' });
      response.end(request.method === 'GET' && status === 200 ? 'hello' : undefined);
    });
    const port = await serve(server);
    const rig = await createRig();
    const socket = await connected(rig.port);
    const ask = async (method: string, status: number, pattern: RegExp) => {
      socket.write(`${method} http://localhost:${port}/${status} HTTP/1.1\r\nHost: x\r\n\r\n`);
      return until(socket, pattern);
    };
    expect(await ask('HEAD', 200, /\r\n\r\n$/)).toMatch(/Content-Length: 5/);
    expect(await ask('GET', 204, /\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 204 /);
    expect(await ask('GET', 304, /\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 304 /);
    expect(await ask('GET', 200, /hello$/)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('pipelined requests are answered in order', async () => {
    const server = http.createServer((request, response) => {
      const delay = request.url === '/1' ? 50 : 0;
      setTimeout(() => response.end(`<${request.url ?? ''}>`), delay);
    });
    const port = await serve(server);
    const rig = await createRig();
    const socket = await connected(rig.port);
    socket.write([1, 2, 3].map((n) => `GET http://localhost:${port}/${n} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
    expect(await until(socket, /<\/3>/)).toMatch(/<\/1>[\s\S]*<\/2>[\s\S]*<\/3>/);
  });
});

test('--resolve sends a name elsewhere, and its certificate is still checked', async () => {
  const port = await serve(https.createServer(leaf, (request, response) => response.end(request.headers.host)));
  const rig = await createRig({
    resolve: [
      { host: 'model.test', port: 443, address: '127.0.0.1', addressPort: port },
      { host: '*', port: 8443, address: '127.0.0.1', addressPort: port },
    ],
  });
  expect((await get(rig, 'model.test:443', '/')).body.toString()).toBe('model.test:443');
  expect((await get(rig, 'other.test:8443', '/')).status).toBe(200);
  expect(codeOf((await get(rig, 'wrong.test:8443', '/')).body)).toBe('untrusted-upstream');
});

describe('upstream proxy', () => {
  /** A proxy that tells what it was asked for. */
  async function proxyServer(secure = false) {
    const asked: string[] = [];
    const handler = (request: http.IncomingMessage, response: http.ServerResponse) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? '-'}`);
      response.end('from the proxy');
    };
    const server = secure ? https.createServer(leaf, handler) : http.createServer(handler);
    server.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
      asked.push(`CONNECT ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? '-'}`);
      if (request.headers['proxy-authorization'] === undefined) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
        return;
      }
      const [, port = '0'] = /:(\d+)$/.exec(request.url ?? '') ?? [];
      const remote = net.connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(remote).pipe(socket);
      });
      remote.on('error', () => socket.destroy());
      socket.on('error', () => remote.destroy());
    });
    return { port: await serve(server), asked };
  }
  const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;

  test.each([false, true])(
    'CONNECT for TLS and tunnels, absolute form for the clear (https proxy: %s)',
    async (secure) => {
      const proxy = await proxyServer(secure);
      const port = await serve(https.createServer(leaf, say('from the server')));
      const upstreamProxy = new URL(`${secure ? 'https' : 'http'}://me:p%40ss@localhost:${proxy.port}`);
      const rig = await createRig({ upstreamProxy, intercepts: (host) => host !== '127.0.0.1' });
      expect((await get(rig, `localhost:${port}`, '/')).body.toString()).toBe('from the server');
      const blind = await tlsTunnel(rig, `127.0.0.1:${port}`, { ca: provider.caPem });
      blind.destroy();
      const clear = await raw(rig, 'GET http://model.test/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      expect(clear.text).toContain('from the proxy');
      expect(proxy.asked).toEqual([
        `CONNECT localhost:${port} ${basic}`,
        `CONNECT 127.0.0.1:${port} ${basic}`,
        `GET http://model.test/x ${basic}`,
      ]);
    },
  );

  test('wrong credentials, a refusal and a dead proxy say what to do', async () => {
    const proxy = await proxyServer();
    const without = await createRig({ upstreamProxy: new URL(`http://localhost:${proxy.port}`) });
    const denied = await get(without, 'localhost:443', '/');
    expect(codeOf(denied.body)).toBe('upstream-lost');
    expect(denied.body.toString()).toContain('credentials');
    const dead = await createRig({ upstreamProxy: new URL('http://localhost:1') });
    expect((await get(dead, 'localhost:443', '/')).body.toString()).toContain('The upstream proxy localhost:1');
  });

  test('a proxy that is ourselves is a loop', async () => {
    const upstreamProxy = new URL('http://127.0.0.1:9');
    const rig = await createRig({ upstreamProxy, resolve: [] });
    const looping = await createRig({
      upstreamProxy: new URL(`http://127.0.0.1:${rig.port}`),
      ownAddresses: () => [{ address: '127.0.0.1', port: rig.port }],
    });
    expect((await get(looping, 'model.test:443', '/')).status).toBe(508);
  });

  test('must be an HTTP proxy', () => {
    const options = { extraCa: [], resolve: [], ownAddresses: () => [] };
    expect(() => createUpstream({ ...options, upstreamProxy: new URL('socks5://localhost:1080') })).toThrow(
      /--upstream-proxy/,
    );
  });
});

describe('connections', () => {
  test('are kept alive and used again, over TLS resumption when new', async () => {
    let connections = 0;
    const server = https.createServer(leaf, say('x'));
    server.on('secureConnection', () => (connections += 1));
    const port = await serve(server);
    const rig = await createRig();
    for (let i = 0; i < 3; i += 1) await get(rig, `localhost:${port}`, '/');
    expect(connections).toBe(1);
  });

  test('are not capped: 300 answers at once', async () => {
    const waiting: http.ServerResponse[] = [];
    const server = http.createServer((_, response) => {
      waiting.push(response);
      if (waiting.length === 300) for (const each of waiting) each.end('done');
    });
    const port = await serve(server);
    const rig = await createRig();
    const answers = await Promise.all(
      Array.from({ length: 300 }, () =>
        raw(rig, `GET http://localhost:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      ),
    );
    expect(answers.every((answer) => answer.text.includes('done'))).toBe(true);
  });

  test('a tunnel whose client leaves is closed upstream', async () => {
    const server = net.createServer();
    const port = await serve(server);
    const rig = await createRig({ intercepts: () => false });
    const arrived = once(server, 'connection');
    const client = await connected(rig.port);
    client.write(`CONNECT localhost:${port} HTTP/1.1\r\nHost: x\r\n\r\n`);
    const [remote] = (await arrived) as [net.Socket];
    remote.resume();
    await until(client, /\r\n\r\n/);
    client.destroy();
    await new Promise((resolve) => remote.on('close', resolve));
  });

  test('a server that offers only HTTP/1.1 gets an h2 client’s requests on the socket that learnt it', async () => {
    const { default: http2 } = await import('node:http2');
    let connections = 0;
    const server = https.createServer({ ...leaf, ALPNProtocols: ['http/1.1'] }, say('one'));
    server.on('secureConnection', () => (connections += 1));
    const port = await serve(server);
    const rig = await createRig();
    const socket: tls.TLSSocket = await tlsTunnel(rig, `localhost:${port}`, { ALPNProtocols: ['h2'] });
    const session = http2.connect(`https://localhost:${port}`, { createConnection: () => socket });
    for (let i = 0; i < 3; i += 1) {
      const stream = session.request({ ':path': '/' });
      stream.resume();
      await once(stream, 'close');
    }
    expect(connections).toBe(1);
    session.destroy();
  });
});
