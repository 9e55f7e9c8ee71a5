import http from 'node:http';
import { once } from 'node:events';
import net from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { closeAll, codeOf, connected, createRig, raw, serve, tlsTunnel, until } from './rig.ts';

afterEach(closeAll);

const plainEcho = () =>
  http.createServer((request, response) => {
    request.resume();
    request.on('end', () => response.end(`${request.method ?? ''} ${request.url ?? ''}`));
  });

describe('bad requests', () => {
  test.each([
    [
      'Content-Length and Transfer-Encoding',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'Transfer-Encoding and Content-Length',
      'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n',
    ],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd'],
    ['chunked not last', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n'],
    ['chunked in HTTP/1.0', 'POST / HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : localhost\r\n\r\n'],
    ['a folded field', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n Content-Length: 9\r\n\r\n'],
    ['a bare line feed', 'GET / HTTP/1.1\nHost: localhost\n\n'],
    ['no HTTP at all', '\0\0\0\0'],
    ['a TLS hello', Buffer.from('1603010200010001fc0303', 'hex')],
  ])('400: %s', async (_name, bytes) => {
    const rig = await createRig();
    const answer = await raw(rig, bytes);
    expect(answer.text).toMatch(/^HTTP\/1\.1 400 /);
    expect(codeOf(answer.text)).toBe('bad-request');
    expect(rig.clients).toHaveLength(0);
  });

  test('417: an expectation that nobody knows', async () => {
    const rig = await createRig();
    expect(
      (await raw(rig, 'GET / HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\nConnection: close\r\n\r\n')).text,
    ).toMatch(/^HTTP\/1\.1 417 /);
  });

  test('431: a header section of 16 MB, and the process stays healthy', async () => {
    const port = await serve(plainEcho());
    const rig = await createRig();
    const answer = await raw(
      rig,
      `GET http://localhost:${port}/ HTTP/1.1\r\nHost: localhost\r\nX-Big: ${'a'.repeat(16 << 20)}\r\n\r\n`,
    );
    expect(answer.text).toMatch(/^HTTP\/1\.1 431 /);
    expect(codeOf(answer.text)).toBe('too-large');
    expect(
      (await raw(rig, `GET http://localhost:${port}/ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)).text,
    ).toContain('GET /ok');
  });
});

describe('loops', () => {
  test('508: absolute form, CONNECT and gateway that lead to ourselves', async () => {
    const at = { port: 0 };
    const rig = await createRig({
      intercepts: (host) => host === 'model.test',
      gateway: (path) => ({ provider: 'self', scheme: 'http', host: 'localhost', port: at.port, path }),
    });
    at.port = rig.port;
    const absolute = await raw(
      rig,
      `GET http://localhost:${rig.port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    );
    expect(absolute.text).toMatch(/^HTTP\/1\.1 508 /);
    expect((await raw(rig, `CONNECT localhost:${rig.port} HTTP/1.1\r\nHost: x\r\n\r\n`)).text).toMatch(
      /^HTTP\/1\.1 508 /,
    );
    const gateway = await raw(rig, 'GET /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    expect(gateway.text).toMatch(/^HTTP\/1\.1 508 /);
    expect(codeOf(gateway.text)).toBe('loop');
  });

  test('508: through a resolve rule, inside an intercepted tunnel', async () => {
    const resolve: { host: string; port: number; address: string; addressPort: number }[] = [];
    const rig = await createRig({ resolve });
    resolve.push({ host: '*', port: 443, address: '127.0.0.1', addressPort: rig.port });
    const socket = await tlsTunnel(rig, 'model.test:443');
    socket.write('GET / HTTP/1.1\r\nHost: model.test\r\n\r\n');
    expect(await until(socket, /\}\}\n/)).toMatch(/^HTTP\/1\.1 508 /);
  });

  test('a client that has the port of one of our own sockets is no loop', async () => {
    const rig = await createRig();
    const server = net.createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = await rig.upstream.tunnel('127.0.0.1', (server.address() as net.AddressInfo).port);
    const { localAddress = '', localPort = 0, remotePort = 0 } = socket;
    expect(rig.upstream.owns(localAddress, localPort, remotePort)).toBe(true);
    expect(rig.upstream.owns(localAddress, localPort, rig.port)).toBe(false);
    socket.destroy();
    server.close();
  });

  test('508: a connection that comes from one of our own sockets, though our address is not known', async () => {
    const rig = await createRig({ ownAddresses: () => [], intercepts: () => false });
    const answer = await raw(rig, `GET http://localhost:${rig.port}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answer.text).toMatch(/^HTTP\/1\.1 508 /);
    expect(codeOf(answer.text)).toBe('loop');
  });
});

describe('life', () => {
  test('close ends idle connections at once, and the others after the grace', async () => {
    const port = await serve(http.createServer(() => undefined));
    const rig = await createRig();
    const idle = await connected(rig.port);
    idle.write('GET /nobody HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until(idle, /\}\}\n/);
    const busy = await connected(rig.port);
    busy.write(`GET http://localhost:${port}/ HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await expect.poll(() => rig.clients.length).toBe(1);
    idle.resume();
    busy.resume();
    const closed = rig.listener.close(300);
    await once(idle, 'close');
    expect(busy.destroyed).toBe(false);
    await closed;
    await expect(connected(rig.port)).rejects.toThrow();
    await once(busy, 'close');
  });

  test('closes kept-alive connections that idle', async () => {
    const rig = await createRig({ idleMs: 100 });
    const idle = await connected(rig.port);
    idle.write('GET /nobody HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until(idle, /\}\}\n/);
    idle.resume();
    await once(idle, 'close');
  });

  test('an exchange that throws resets its client, and the listener lives on', async () => {
    const rig = await createRig({
      exchange: () => {
        throw new Error('boom');
      },
    });
    const answer = await raw(rig, 'GET http://model.test/ HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(answer).toEqual({ text: '', reset: true });
    expect((await raw(rig, 'GET /nobody HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')).text).toContain(
      '404',
    );
  });
});
