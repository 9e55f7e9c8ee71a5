import { once } from 'node:events';
import http2 from 'node:http2';
import { afterEach, expect, describe, test } from 'vitest';
import { call, closeAll, codeOf, createRig, http2Server, http2Session, streamAnswer } from './rig.ts';

afterEach(closeAll);

describe('resets', () => {
  test.each([
    [
      'closes the stream with an error',
      (stream: http2.ServerHttp2Stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR),
    ],
    ['destroys the stream', (stream: http2.ServerHttp2Stream) => stream.destroy(new Error('boom'))],
    ['resets the stream without a reason', (stream: http2.ServerHttp2Stream) => stream.destroy()],
    ['drops the connection', (stream: http2.ServerHttp2Stream) => stream.session?.destroy()],
  ])('the upstream %s in its answer: the client sees a reset, no clean end', async (_name, breakOff) => {
    const port = await http2Server((stream) => {
      // Without this, Node's `close` says END_STREAM before it resets, and the answer was whole.
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.write('half', () => breakOff(stream));
    });
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    const answer = await streamAnswer(session.request({ ':path': '/' }));
    expect(answer.status).toBe(200);
    expect(answer.code).not.toBe(0);
  });

  test('the upstream refuses before its head: 502', async () => {
    const port = await http2Server((stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR));
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    const answer = await streamAnswer(session.request({ ':path': '/' }));
    expect(answer.status).toBe(502);
    expect(codeOf(answer.body)).toBe('upstream-lost');
  });

  test('a refused stream is tried once more', async () => {
    let count = 0;
    const port = await http2Server((stream) => {
      count += 1;
      if (count === 1) stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
      else {
        stream.respond({ ':status': 200 });
        stream.end('second');
      }
    });
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    expect((await streamAnswer(session.request({ ':path': '/' }))).body.toString()).toBe('second');
  });

  test.each([
    ['resets its stream', (stream: http2.ClientHttp2Stream) => stream.close(http2.constants.NGHTTP2_CANCEL)],
    ['drops its connection', (stream: http2.ClientHttp2Stream) => stream.session?.destroy()],
  ])('the client %s: the upstream stream is cancelled within 1 s', async (_name, leave) => {
    let cancelled: (code: number) => void;
    const gone = new Promise<number>((resolve) => (cancelled = resolve));
    const port = await http2Server((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('data: 1\n\n');
      stream.on('close', () => cancelled(stream.rstCode));
    });
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    const stream = session.request(call(port, '/'));
    stream.on('error', () => undefined);
    await once(stream, 'data');
    const start = performance.now();
    leave(stream);
    expect(await gone).toBe(http2.constants.NGHTTP2_CANCEL);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  test('a client that resets within its upload: the upstream sees no end of the body', async () => {
    let ended = false;
    let closed: () => void;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    let arrived: () => void;
    const started = new Promise<void>((resolve) => (arrived = resolve));
    const port = await http2Server((stream) => {
      stream.on('data', () => arrived());
      stream.on('end', () => (ended = !stream.aborted));
      stream.on('close', () => closed());
    });
    const rig = await createRig();
    const session = await http2Session(rig, `localhost:${port}`);
    const stream = session.request(call(port, '/'), { waitForTrailers: true });
    stream.on('error', () => undefined);
    stream.write('half');
    await started;
    stream.close(http2.constants.NGHTTP2_CANCEL);
    await gone;
    expect(ended).toBe(false);
  });
});
