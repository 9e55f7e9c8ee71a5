import type { Transform } from 'node:stream';
import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { canDecode, decodeBody } from '../../src/connection/decode.ts';
import type { BodyListener, BodySource, TransportError } from '../../src/http/exchange-ports.ts';
import type { RawHeaders } from '../../src/http/head.ts';

/** A source that is fed by hand and honours pauses like a socket does: it counts them. */
class Hand implements BodySource {
  listener: BodyListener | undefined;
  paused = false;
  pauses = 0;
  listen(listener: BodyListener): void {
    this.listener = listener;
  }
  pause(): void {
    this.paused = true;
    this.pauses += 1;
  }
  resume(): void {
    this.paused = false;
  }
}

interface Collected {
  readonly chunks: Buffer[];
  readonly text: () => string;
  readonly finished: Promise<{ trailers?: RawHeaders; error?: TransportError }>;
  readonly next: () => Promise<void>;
}

function collect(source: BodySource): Collected {
  const chunks: Buffer[] = [];
  let wake: (() => void) | undefined;
  const finished = new Promise<{ trailers?: RawHeaders; error?: TransportError }>((resolve) => {
    source.listen({
      data(bytes) {
        chunks.push(Buffer.from(bytes));
        wake?.();
      },
      end: (trailers) => resolve({ trailers }),
      failed: (error) => resolve({ error }),
    });
  });
  return {
    chunks,
    text: () => Buffer.concat(chunks).toString(),
    finished,
    next: () => new Promise((resolve) => (wake = resolve)),
  };
}

const text = 'data: {"delta":"hello"}\n\n'.repeat(200);
const packers: [string, (bytes: Buffer) => Buffer][] = [
  ['gzip', (bytes) => zlib.gzipSync(bytes)],
  ['x-gzip', (bytes) => zlib.gzipSync(bytes)],
  ['deflate', (bytes) => zlib.deflateSync(bytes)],
  ['Deflate', (bytes) => zlib.deflateRawSync(bytes)],
  ['br', (bytes) => zlib.brotliCompressSync(bytes)],
  ['zstd', (bytes) => zlib.zstdCompressSync(bytes)],
  ['gzip, br', (bytes) => zlib.brotliCompressSync(zlib.gzipSync(bytes))],
  ['deflate,identity , zstd', (bytes) => zlib.zstdCompressSync(zlib.deflateSync(bytes))],
];

describe.each(packers)('%s', (coding, pack) => {
  test.each([1, 2, 7, 64, 1 << 20])('decodes pieces of %i bytes', async (size) => {
    const hand = new Hand();
    const packed = pack(Buffer.from(text));
    const got = collect(decodeBody(hand, coding));
    for (let i = 0; i < packed.length; i += size) hand.listener?.data(packed.subarray(i, i + size));
    hand.listener?.end(['X-Sum', '1']);
    expect(await got.finished).toEqual({ trailers: ['X-Sum', '1'] });
    expect(got.text()).toBe(text);
  });

  test('fails on every kind of cut', async () => {
    const packed = pack(Buffer.from(text));
    for (const keep of [1, 2, 5, packed.length >> 1, packed.length - 1]) {
      const hand = new Hand();
      const got = collect(decodeBody(hand, coding));
      hand.listener?.data(packed.subarray(0, keep));
      hand.listener?.end([]);
      expect((await got.finished).error?.code, `${keep} of ${packed.length}`).toBe('cannot-read');
    }
  });

  test('fails on a body that is something else', async () => {
    const hand = new Hand();
    const got = collect(decodeBody(hand, coding));
    hand.listener?.data(Buffer.from('{"this":"is not compressed at all"}'));
    hand.listener?.end([]);
    expect((await got.finished).error?.code).toBe('cannot-read');
  });

  test('an empty body stays empty', async () => {
    const hand = new Hand();
    const got = collect(decodeBody(hand, coding));
    hand.listener?.end([]);
    expect(await got.finished).toEqual({ trailers: [] });
  });

  test('passes a failure of the source on', async () => {
    const hand = new Hand();
    const got = collect(decodeBody(hand, coding));
    const { TransportError: Failure } = await import('../../src/http/exchange-ports.ts');
    const error = new Failure('upstream-lost', 'gone');
    hand.listener?.data(pack(Buffer.from(text)).subarray(0, 20));
    hand.listener?.failed(error);
    expect(await got.finished).toEqual({ error });
  });
});

describe('streaming', () => {
  const streams: [string, () => Transform & zlib.Zlib][] = [
    ['gzip', () => zlib.createGzip()],
    ['deflate', () => zlib.createDeflate()],
    ['br', () => zlib.createBrotliCompress()],
    ['zstd', () => zlib.createZstdCompress()],
  ];
  test.each(streams)('%s: an event that was flushed by the sender arrives at once', async (coding, create) => {
    const packer = create();
    const hand = new Hand();
    const got = collect(decodeBody(hand, coding));
    packer.on('data', (bytes: Buffer) => hand.listener?.data(bytes));
    for (const event of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
      const arrived = got.next();
      packer.write(event);
      packer.flush();
      await arrived;
      expect(got.text().endsWith(event)).toBe(true);
    }
    packer.close();
  });

  test('a bomb is unpacked no faster than its reader takes it', async () => {
    const hand = new Hand();
    const source = decodeBody(hand, 'gzip');
    let size = 0;
    let open: (() => void) | undefined;
    const done = new Promise<void>((resolve, reject) => {
      source.listen({
        data(bytes) {
          size += bytes.length;
          source.pause();
          open?.();
        },
        end: () => resolve(),
        failed: reject,
      });
    });
    const first = new Promise<void>((resolve) => (open = resolve));
    hand.listener?.data(zlib.gzipSync(Buffer.alloc(64 << 20)));
    await first;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(size).toBeLessThan(1 << 20);
    open = () => setImmediate(() => source.resume());
    source.resume();
    hand.listener?.end([]);
    await done;
    expect(size).toBe(64 << 20);
  });

  test('a pause before the first byte holds', async () => {
    const hand = new Hand();
    const source = decodeBody(hand, 'br');
    const got = collect(source);
    source.pause();
    expect(hand.paused).toBe(true);
    // What was on its way already.
    hand.listener?.data(zlib.brotliCompressSync(Buffer.from(text)));
    hand.listener?.end([]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(got.chunks).toEqual([]);
    source.resume();
    await got.finished;
    expect(got.text()).toBe(text);
  });
});

test('knows which codings it can decode', () => {
  const can = [undefined, '', 'identity', 'GZIP', 'br, gzip', 'zstd'];
  const cannot = ['compress', 'gzip, sdch', 'dcb', 'gzip;q=1', 'gzip,gzip,gzip,gzip,gzip'];
  expect(can.map(canDecode)).toEqual(can.map(() => true));
  expect(cannot.map(canDecode)).toEqual(cannot.map(() => false));
});

test('fails on an unknown coding, and leaves a body without one alone', async () => {
  const hand = new Hand();
  const got = collect(decodeBody(hand, 'compress'));
  expect((await got.finished).error?.code).toBe('cannot-read');
  expect(decodeBody(hand, undefined)).toBe(hand);
  expect(decodeBody(hand, 'identity')).toBe(hand);
});
