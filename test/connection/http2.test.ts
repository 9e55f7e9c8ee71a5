import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { afterEach, describe, expect, test } from 'vitest';
import {
  call,
  closeAll,
  codeOf,
  connected,
  createRig,
  http2Server,
  http2Session,
  leaf,
  serve,
  streamAnswer,
  tunnel,
} from './rig.ts';
import type { Rig } from './rig.ts';

afterEach(closeAll);

/** gRPC framing: one message. */
function message(text: string): Buffer {
  const bytes = Buffer.alloc(5 + text.length);
  bytes.writeUInt32BE(text.length, 1);
  bytes.write(text, 5);
  return bytes;
}

describe('HTTP/2 on both sides', () => {
  test('gRPC unary: message, trailers, `te` kept', async () => {
    let te: unknown;
    const port = await http2Server((stream, headers) => {
      te = headers['te'];
      stream.on('data', () => undefined);
      stream.on('end', () => {
        stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'grpc-message': 'fine' }));
        stream.end(message('pong'));
      });
    });
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    const stream = session.request(call(port, '/svc/Unary'));
    const answer = streamAnswer(stream);
    stream.end(message('ping'));
    expect(await answer).toMatchObject({ status: 200, body: message('pong'), code: 0 });
    expect((await answer).trailers).toMatchObject({ 'grpc-status': '0', 'grpc-message': 'fine' });
    expect(te).toBe('trailers');
    expect(rig.clients[0]?.head).toMatchObject({ httpVersion: '2.0', scheme: 'https', path: '/svc/Unary' });
  });

  test('gRPC trailers-only: the head ends the stream', async () => {
    const port = await http2Server((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '5' }, { endStream: true });
    });
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    const stream = session.request(call(port, '/svc/None'));
    const answer = streamAnswer(stream);
    stream.end(message('x'));
    expect(await answer).toMatchObject({ status: 200, endedWithHead: true, code: 0 });
    expect((await answer).headers['grpc-status']).toBe('5');
  });

  test('gRPC bidi: each message is answered before the next is sent', async () => {
    const port = await http2Server((stream) => {
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.on('data', (chunk: Buffer) => stream.write(chunk));
      stream.on('end', () => stream.end());
    });
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    const stream = session.request(call(port, '/svc/Bidi'));
    const answer = streamAnswer(stream);
    for (const text of ['one', 'two', 'three']) {
      const echoed = once(stream, 'data');
      stream.write(message(text));
      expect((await echoed)[0]).toEqual(message(text));
    }
    stream.end();
    expect((await answer).trailers['grpc-status']).toBe('0');
  });

  test('a server that speaks first, and one that ends first', async () => {
    const port = await http2Server((stream) => {
      stream.respond({ ':status': 200 });
      stream.end('done');
    });
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    const stream = session.request(call(port, '/svc/Early'));
    let body = '';
    stream.on('data', (chunk: Buffer) => (body += chunk.toString()));
    await once(stream, 'end');
    expect(body).toBe('done');
    stream.destroy();
  });

  test('request trailers, duplicate fields, 103 and many streams on one session', async () => {
    let sessions = 0;
    const port = await http2Server((stream, headers, raw) => {
      let trailers: http2.IncomingHttpHeaders = {};
      stream.on('trailers', (fields: http2.IncomingHttpHeaders) => (trailers = fields));
      stream.resume();
      stream.on('end', () => {
        stream.additionalHeaders({ ':status': 103, link: '</style>; rel=preload' });
        const fields = [
          ':status',
          '200',
          'x-dup',
          '1',
          'x-dup',
          '2',
          'set-cookie',
          'a=1',
          'set-cookie',
          'b=2',
          'alt-svc',
          'h3=":443"',
        ];
        stream.respond(fields);
        stream.end(JSON.stringify({ raw, trailers, path: headers[':path'] }));
      });
      if (stream.session !== undefined && sessions === 0) sessions = 1;
    });
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    const answers = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const fields = [
          ':method',
          'POST',
          ':path',
          `/${index}`,
          ':authority',
          `localhost:${port}`,
          ':scheme',
          'https',
          'x-a',
          '1',
          'x-a',
          '2',
          'cookie',
          'p=1',
          'cookie',
          'q=2',
        ];
        const stream = session.request(fields, {
          endStream: false,
          waitForTrailers: true,
        });
        stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': 'abc' }));
        let hints: http2.IncomingHttpHeaders | undefined;
        stream.on('headers', (informed) => (hints = informed));
        const rawFields = once(stream, 'response').then((args) => args[2] as readonly string[]);
        const answer = streamAnswer(stream);
        stream.end('body');
        return { ...(await answer), hints, rawFields: await rawFields };
      }),
    );
    for (const [index, answer] of answers.entries()) {
      const seen = JSON.parse(answer.body.toString()) as {
        raw: string[];
        trailers: Record<string, string>;
        path: string;
      };
      expect(seen.path).toBe(`/${index}`);
      expect(seen.trailers).toMatchObject({ 'x-sum': 'abc' });
      expect(seen.raw.join('|')).toContain('x-a|1|x-a|2|cookie|p=1|cookie|q=2');
      expect(answer.rawFields.join('|')).toContain('x-dup|1|x-dup|2|set-cookie|a=1|set-cookie|b=2');
      expect(answer.rawFields).not.toContain('alt-svc');
      expect(answer.hints).toMatchObject({ ':status': 103, link: '</style>; rel=preload' });
    }
  });

  test('more streams than the upstream allows at once go over more sessions', async () => {
    const open = new Set<http2.ServerHttp2Stream>();
    const sessions = new Set<unknown>();
    const port = await http2Server(
      (stream) => {
        sessions.add(stream.session);
        open.add(stream);
        stream.respond({ ':status': 200 });
        stream.write('x');
      },
      { maxConcurrentStreams: 2 },
    );
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    const streams = [];
    for (let i = 0; i < 6; i += 1) {
      const stream = session.request(call(port, `/${i}`));
      streams.push(stream);
      await once(stream, 'data');
    }
    expect(open.size).toBe(6);
    expect(sessions.size).toBe(3);
    for (const stream of streams) stream.destroy();
  });
});

describe('HTTP/2 client, HTTP/1.1 upstream', () => {
  test('translates heads, cookies, bodies and trailers', async () => {
    const server = https.createServer(leaf, (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        response.writeHead(200, { Trailer: 'X-Sum', Connection: 'close, X-Hop', 'X-Hop': '1' });
        response.write(JSON.stringify({ raw: request.rawHeaders, body, trailers: request.rawTrailers }));
        response.addTrailers({ 'X-Sum': 'abc' });
        response.end();
      });
    });
    const port = await serve(server);
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    for (let round = 0; round < 2; round += 1) {
      const fields = [
        ':method',
        'POST',
        ':path',
        '/x',
        ':authority',
        `localhost:${port}`,
        ':scheme',
        'https',
        'cookie',
        'a=1',
        'cookie',
        'b=2',
        'te',
        'trailers',
      ];
      const stream = session.request(fields, { endStream: false });
      const answer = streamAnswer(stream);
      stream.write('part one, ');
      setImmediate(() => stream.end('part two'));
      const { status, body, trailers, headers } = await answer;
      expect(status).toBe(200);
      expect(headers['x-hop']).toBeUndefined();
      expect(trailers['x-sum']).toBe('abc');
      const seen = JSON.parse(body.toString()) as { raw: string[]; body: string };
      expect(seen.body).toBe('part one, part two');
      expect(seen.raw.join('|')).toContain(`Host|localhost:${port}|cookie|a=1; b=2|Transfer-Encoding|chunked`);
    }
  });

  test('a GET has no body framing, a POST without body a length of 0', async () => {
    const server = https.createServer(leaf, (request, response) =>
      response.end(request.rawHeaders.join('|').toLowerCase()),
    );
    const port = await serve(server);
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    for (const [method, framing] of [
      ['GET', undefined],
      ['POST', 'content-length|0'],
    ] as const) {
      const stream = session.request({ ':method': method, ':path': '/' }, { endStream: true });
      const text = (await streamAnswer(stream)).body.toString();
      if (framing === undefined) expect(text).not.toMatch(/content-length|transfer-encoding/);
      else expect(text).toContain(framing);
    }
  });

  test('an upstream that breaks off resets the stream', async () => {
    const server = https.createServer(leaf, (_, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('half', () => response.destroy());
    });
    const port = await serve(server);
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    const answer = await streamAnswer(session.request({ ':path': '/' }));
    expect(answer.status).toBe(200);
    expect(answer.code).not.toBe(0);
    // The session lives on.
    const again = await streamAnswer(session.request({ ':path': '/' }));
    expect(again.status).toBe(200);
  });
});

describe('routing', () => {
  async function h2c(rig: Rig): Promise<http2.ClientHttp2Session> {
    const socket = await connected(rig.port);
    const session = http2.connect(`http://127.0.0.1:${rig.port}`, { createConnection: () => socket });
    session.on('error', () => undefined);
    return session;
  }

  test('421 when :authority is not the CONNECT target; the session goes on', async () => {
    const port = await http2Server((stream) => {
      stream.respond({ ':status': 200 });
      stream.end();
    });
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    const wrong = await streamAnswer(session.request({ ':path': '/', ':authority': 'other.test' }));
    expect(wrong.status).toBe(421);
    expect(codeOf(wrong.body)).toBe('misdirected');
    expect((await streamAnswer(session.request({ ':path': '/' }))).status).toBe(200);
  });

  test('h2c with prior knowledge on the gateway, to an HTTP/1.1 and to an HTTP/2 provider', async () => {
    const one = await serve(
      http.createServer((request, response) => response.end(`one ${request.headers.host ?? ''} ${request.url ?? ''}`)),
    );
    const two = await http2Server((stream, headers) => {
      stream.respond({ ':status': 200 });
      stream.end(`two ${headers[':authority'] ?? ''} ${headers[':path'] ?? ''}`);
    });
    const rig = await createRig({
      gateway: (path) =>
        path.startsWith('/one/')
          ? { provider: 'one', scheme: 'http', host: 'localhost', port: one, path: path.slice(4) }
          : { provider: 'two', scheme: 'https', host: 'localhost', port: two, path: path.slice(4) },
    });
    const session = await h2c(rig);
    for (let round = 0; round < 2; round += 1) {
      expect((await streamAnswer(session.request({ ':path': '/one/x' }))).body.toString()).toBe(
        `one localhost:${one} /x`,
      );
      expect((await streamAnswer(session.request({ ':path': '/two/x' }))).body.toString()).toBe(
        `two localhost:${two} /x`,
      );
    }
    expect(rig.clients[0]).toMatchObject({ via: 'gateway', provider: 'one' });
    const foreign = await streamAnswer(session.request({ ':path': '/one/x', origin: 'https://evil.example' }));
    expect(foreign.status).toBe(403);
    session.destroy();
  });

  test('h2c inside CONNECT reaches an h2c upstream', async () => {
    const server = http2.createServer();
    server.on('stream', (stream, headers) => {
      stream.respond({ ':status': 200 });
      stream.end(`h2c ${headers[':path'] ?? ''}`);
    });
    const port = await serve(server);
    const rig = await createRig();
    const socket = await tunnel(rig, `localhost:${port}`);
    const session = http2.connect(`http://localhost:${port}`, { createConnection: () => socket });
    session.on('error', () => undefined);
    expect((await streamAnswer(session.request({ ':path': '/a' }))).body.toString()).toBe('h2c /a');
    session.destroy();
  });

  test('CONNECT inside HTTP/2 is refused', async () => {
    const rig = await createRig();
    const session = await h2c(rig);
    const answer = await streamAnswer(session.request({ ':method': 'CONNECT', ':authority': 'model.test:443' }));
    expect(answer.status).toBe(400);
    session.destroy();
  });
});

test('a self-made server TLSSocket stays `secureConnecting`: the reason for the assignment in http2-front', async () => {
  const { default: tls } = await import('node:tls');
  const { default: net } = await import('node:net');
  let seen: unknown;
  const server = net.createServer((socket) => {
    const secure = new tls.TLSSocket(socket, { isServer: true, secureContext: tls.createSecureContext(leaf) });
    secure.on('error', () => undefined);
    secure.on('secure', () => {
      seen = (secure as unknown as { secureConnecting: unknown }).secureConnecting;
      secure.end();
    });
  });
  const port = await serve(server);
  const client = tls.connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  client.resume();
  await once(client, 'close');
  expect(seen).toBe(true);
});
