// What breaks on the way, with a client that must never take a broken answer for a whole one.

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
  raw,
  serve,
  tlsTunnel,
  until,
} from './rig.ts';

afterEach(closeAll);

/** A TLS server that answers each request with these bytes, and then does what `then` says. */
function scripted(bytes: string, then: (socket: net.Socket) => void): tls.Server {
  return tls.createServer({ ...leaf, ALPNProtocols: ['http/1.1'] }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(bytes, () => then(socket)));
  });
}

const head = 'HTTP/1.1 200 OK\r\n';

describe('an upstream that breaks off', () => {
  test.each([
    ['within Content-Length', `${head}Content-Length: 100\r\n\r\nhalf`, 'half'],
    ['within a chunk', `${head}Transfer-Encoding: chunked\r\n\r\n10\r\nhalf`, 'half'],
    ['between chunks', `${head}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`, 'half'],
    ['with a malformed chunk', `${head}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\nrest\r\n0\r\n\r\n`, ''],
  ])('%s: the client sees a failure', async (_name, bytes, body) => {
    const port = await serve(scripted(bytes, (socket) => socket.end()));
    const rig = await createRig();
    const answer = await get(rig, `localhost:${port}`, '/');
    expect(answer.status).toBe(200);
    expect(answer.failed).toBe(true);
    expect(answer.body.toString()).toBe(body);
  });

  test('with a TCP reset: the client sees a reset', async () => {
    const server = net.createServer((socket) => {
      socket.once('data', () => socket.write(`${head}\r\nno length, no chunks`, () => socket.resetAndDestroy()));
    });
    const port = await serve(server);
    const rig = await createRig();
    // A body that ends with the connection: only a reset tells the client that it is not whole.
    const answer = await raw(rig, `GET http://localhost:${port}/ HTTP/1.0\r\n\r\n`);
    expect(answer.reset).toBe(true);
  });

  test('before the head: 502, and the code', async () => {
    const port = await serve(scripted('', (socket) => socket.destroy()));
    const rig = await createRig();
    const answer = await get(rig, `localhost:${port}`, '/', {
      method: 'POST',
      headers: ['Content-Length', '1'],
      body: 'x',
    });
    expect(answer.status).toBe(502);
    expect(codeOf(answer.body)).toBe('upstream-lost');
    expect(answer.failed).toBe(false);
  });

  test('by not answering at all: 502 after the patience', async () => {
    const port = await serve(https.createServer(leaf, () => undefined));
    const rig = await createRig({ headMs: 100 });
    const answer = await get(rig, `localhost:${port}`, '/');
    expect(answer.status).toBe(502);
    expect(codeOf(answer.body)).toBe('upstream-lost');
  });

  test('with something that is not HTTP: 502', async () => {
    const port = await serve(scripted('SSH-2.0-x\r\n', () => undefined));
    const rig = await createRig();
    expect((await get(rig, `localhost:${port}`, '/')).status).toBe(502);
  });

  test('with a header section that is too large: 502', async () => {
    const port = await serve(scripted(`${head}X: ${'a'.repeat(1 << 20)}\r\n\r\n`, () => undefined));
    const rig = await createRig();
    const answer = await get(rig, `localhost:${port}`, '/');
    expect(answer.status).toBe(502);
    expect(codeOf(answer.body)).toBe('too-large');
  });

  test('a kept-alive socket that the server closed meanwhile is replaced by a fresh one', async () => {
    let connections = 0;
    const server = net.createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      let requests = 0;
      socket.on('data', () => {
        requests += 1;
        // The second request on a connection finds it closing, as after an idle timeout.
        if (requests === 1) socket.write(`${head}Content-Length: 2\r\n\r\nok`);
        else socket.destroy();
      });
    });
    const port = await serve(server);
    const rig = await createRig();
    const ask = () => raw(rig, `GET http://localhost:${port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect((await ask()).text).toMatch(/ok$/);
    expect((await ask()).text).toMatch(/ok$/);
    expect(connections).toBe(2);
    const post = `POST http://localhost:${port}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx`;
    expect((await raw(rig, post)).text).toMatch(/^HTTP\/1\.1 502 /);
  });
});

describe('a client that leaves', () => {
  test.each([
    ['closes', (socket: tls.TLSSocket) => socket.destroy()],
    ['half-closes', (socket: tls.TLSSocket) => socket.end()],
  ])('%s: the upstream is cancelled within 1 s', async (_name, leave) => {
    const rig = await createRig();
    const server = https.createServer(leaf, (_, response) => response.write('data: 1\n\n'));
    const port = await serve(server);
    const gone = once(server, 'request').then(([, response]) => once(response as http.ServerResponse, 'close'));
    const socket = await tlsTunnel(rig, `localhost:${port}`);
    socket.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    await until(socket, /data: 1/);
    const start = performance.now();
    leave(socket);
    await gone;
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  test('leaves before the head: the upstream is cancelled', async () => {
    const rig = await createRig();
    const server = https.createServer(leaf, () => undefined);
    const port = await serve(server);
    const request = once(server, 'request');
    const socket = await tlsTunnel(rig, `localhost:${port}`);
    socket.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
    const [, response] = (await request) as [unknown, http.ServerResponse];
    const closed = once(response, 'close');
    socket.destroy();
    await closed;
  });

  test('leaves in the middle of its upload: the upstream sees no whole request', async () => {
    const rig = await createRig();
    const server = https.createServer(leaf);
    const port = await serve(server);
    const request = once(server, 'request');
    const socket = await tlsTunnel(rig, `localhost:${port}`);
    socket.write(`POST / HTTP/1.1\r\nHost: localhost:${port}\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n`);
    const [message] = (await request) as [http.IncomingMessage];
    message.resume();
    message.on('error', () => undefined);
    const closed = new Promise((resolve) => message.on('close', resolve));
    socket.destroy();
    await closed;
    expect(message.complete).toBe(false);
  });
});

describe('refused upstreams', () => {
  test('a name that does not resolve: 502 upstream-lost, with the remedy', async () => {
    const rig = await createRig();
    const answer = await get(rig, 'nowhere.invalid:443', '/');
    expect(answer.status).toBe(502);
    expect(codeOf(answer.body)).toBe('upstream-lost');
    expect(answer.body.toString()).toContain('nowhere.invalid could not be resolved');
  });

  test('a closed port: 502 for a request, and for a blind tunnel', async () => {
    const server = net.createServer();
    const port = await serve(server);
    server.close();
    const rig = await createRig({ intercepts: (host) => host === 'localhost' });
    expect(codeOf((await get(rig, `localhost:${port}`, '/')).body)).toBe('upstream-lost');
    const tunnelled = await raw(rig, `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: x\r\n\r\n`);
    expect(tunnelled.text).toMatch(/^HTTP\/1\.1 502 /);
    expect(codeOf(tunnelled.text)).toBe('upstream-lost');
  });

  test('a server without TLS where TLS is expected: 502', async () => {
    const port = await serve(http.createServer());
    const rig = await createRig();
    const answer = await get(rig, `localhost:${port}`, '/');
    expect(answer.status).toBe(502);
    expect(codeOf(answer.body)).toBe('upstream-lost');
  });
});

test('a request that follows on the same connection after a failure is answered', async () => {
  const port = await serve(https.createServer(leaf, (_, response) => response.end('fine')));
  const rig = await createRig();
  const socket = await connected(rig.port);
  const agent = new http.Agent({ keepAlive: true });
  agent.createConnection = () => socket;
  const ask = (url: string) => {
    const request = http.request({ agent, path: url, host: 'x' });
    const answer = answerOf(request);
    request.end();
    return answer;
  };
  expect((await ask('http://nowhere.invalid/')).status).toBe(502);
  expect((await ask(`https://localhost:${port}/`)).body.toString()).toBe('fine');
  const rest = drain(socket);
  agent.destroy();
  await rest;
});
