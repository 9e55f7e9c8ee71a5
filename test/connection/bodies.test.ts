// Large and slow bodies: memory stays flat, because whoever is slow slows everybody down.

import { once } from 'node:events';
import http from 'node:http';
import type http2 from 'node:http2';
import https from 'node:https';
import { afterEach, expect, test } from 'vitest';
import { closeAll, connected, createRig, get, http2Server, http2Session, leaf, serve, tlsTunnel } from './rig.ts';

afterEach(closeAll);

const MB = 1 << 20;
const block = Buffer.alloc(MB, 'x');
const rss = () => process.memoryUsage().rss;

/** Writes this many megabytes as fast as the reader takes them. */
function pour(sink: NodeJS.WritableStream, megabytes: number, onBlock: () => void = () => undefined): void {
  let left = megabytes;
  const go = () => {
    while (left > 0) {
      left -= 1;
      onBlock();
      if (!sink.write(block)) {
        sink.once('drain', go);
        return;
      }
    }
    sink.end();
  };
  go();
}

/** Resolves when the number has moved and then stands still: that nothing more comes is told by no event. */
async function standstill(read: () => number): Promise<void> {
  for (let last = 0; last === 0 || last !== read();) {
    last = read();
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

test('a body of 1 GB passes with less than 100 MB more memory', async () => {
  const port = await serve(
    https.createServer(leaf, (request, response) => pour(response, Number(request.url?.slice(1)))),
  );
  const rig = await createRig();
  const socket = await tlsTunnel(rig, `localhost:${port}`);
  // Server and client live in this process, too: their heaps grow to their working size first.
  const warmUp = await get(rig, `localhost:${port}`, '/128');
  expect(warmUp.body.length).toBe(128 * MB);
  const before = rss();
  let peak = before;
  let size = 0;
  const request = http.request({
    createConnection: () => socket,
    path: '/1024',
    headers: ['Host', `localhost:${port}`],
    setHost: false,
  });
  request.end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size % (16 * MB) < chunk.length) peak = Math.max(peak, rss());
  });
  await once(response, 'end');
  expect(size).toBe(1024 * MB);
  expect(response.complete).toBe(true);
  expect(peak - before).toBeLessThan(100 * MB);
}, 60_000);

test('an upload of 200 MB to a slow server waits for it', async () => {
  let received = 0;
  let go = (): unknown => undefined;
  const server = https.createServer(leaf, (request, response) => {
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    request.pause();
    go = () => request.resume();
    request.on('end', () => response.end(String(received)));
  });
  const port = await serve(server);
  const rig = await createRig();
  const socket = await tlsTunnel(rig, `localhost:${port}`);
  const request = http.request({
    createConnection: () => socket,
    method: 'POST',
    headers: ['Host', `localhost:${port}`, 'Transfer-Encoding', 'chunked'],
    setHost: false,
  });
  let sent = 0;
  const answered = once(request, 'response') as Promise<[http.IncomingMessage]>;
  pour(request, 200, () => (sent += 1));
  await standstill(() => sent);
  // What fits into socket buffers on the way, and no more.
  expect(sent).toBeLessThan(40);
  go();
  const [response] = await answered;
  let text = '';
  for await (const chunk of response) text += String(chunk);
  expect(text).toBe(String(200 * MB));
});

test('a client that stops reading stops the upstream; when it leaves, the upstream is cancelled', async () => {
  let poured = 0;
  let gone: () => void;
  const closed = new Promise<void>((resolve) => (gone = resolve));
  const server = https.createServer(leaf, (_, response) => {
    response.on('close', () => gone());
    pour(response, 600, () => (poured += 1));
  });
  const port = await serve(server);
  const rig = await createRig();
  const socket = await tlsTunnel(rig, `localhost:${port}`);
  socket.write(`GET / HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
  await once(socket, 'data');
  socket.pause();
  await standstill(() => poured);
  expect(poured).toBeLessThan(40);
  const start = performance.now();
  socket.destroy();
  await closed;
  expect(performance.now() - start).toBeLessThan(1_000);
});

test('HTTP/2: a stream that is not read does not hold up its neighbour', async () => {
  let poured = 0;
  const port = await http2Server((stream, headers) => {
    stream.respond({ ':status': 200 });
    if (headers[':path'] === '/big') pour(stream, 300, () => (poured += 1));
    else stream.end('small');
  });
  const rig = await createRig();
  const session = await http2Session(rig, `localhost:${port}`);
  const big = session.request({ ':path': '/big' });
  big.on('error', () => undefined);
  await once(big, 'response');
  await standstill(() => poured);
  expect(poured).toBeLessThan(30);
  const small = session.request({ ':path': '/small' });
  const [chunk] = (await once(small, 'data')) as [Buffer];
  expect(chunk.toString()).toBe('small');
  let size = 0;
  big.on('data', (bytes: Buffer) => (size += bytes.length));
  await once(big, 'end');
  expect(size).toBe(300 * MB);
});

test('HTTP/2 upload with back-pressure', async () => {
  let size = 0;
  let go = (): unknown => undefined;
  const port = await http2Server((stream) => {
    stream.pause();
    go = () => stream.resume();
    stream.on('data', (bytes: Buffer) => (size += bytes.length));
    stream.pause();
    stream.on('end', () => {
      stream.respond({ ':status': 200 });
      stream.end(String(size));
    });
  });
  const rig = await createRig();
  const session = await http2Session(rig, `localhost:${port}`);
  const stream: http2.ClientHttp2Stream = session.request({ ':method': 'POST', ':path': '/' });
  let sent = 0;
  pour(stream, 50, () => (sent += 1));
  await standstill(() => sent);
  expect(sent).toBeLessThan(30);
  go();
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  expect(text).toBe(String(50 * MB));
});

test('a client on the clear that stops reading stops the upstream, too', async () => {
  let poured = 0;
  const port = await serve(http.createServer((_, response) => pour(response, 300, () => (poured += 1))));
  const rig = await createRig();
  const socket = await connected(rig.port);
  socket.write(`GET http://localhost:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`);
  await once(socket, 'data');
  socket.pause();
  await standstill(() => poured);
  expect(poured).toBeLessThan(40);
});
