// Content codings (RFC 9110 §8.4): bodies as they were before gzip, deflate, br or zstd, while they stream.

import zlib from 'node:zlib';
import type { Transform } from 'node:stream';
import { TransportError } from '../http/exchange-ports.ts';
import type { BodyListener, BodySource } from '../http/exchange-ports.ts';
import type { RawHeaders } from '../http/head.ts';

type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

const names: Readonly<Record<string, Coding | 'identity'>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
  identity: 'identity',
  '': 'identity',
};

/** Nobody needs more; each costs a decoder. */
const maxCodings = 4;
/** RFC 8878 §3.1.1.1.2 recommends to support 8 MiB windows; more is memory that the sender chooses. */
const zstdWindowLog = 23;
const chunkSize = 32 * 1024;

/** The codings in the order of their removal, or undefined when one is unknown. */
function codingsOf(contentEncoding: string | undefined): Coding[] | undefined {
  const codings: Coding[] = [];
  for (const each of (contentEncoding ?? '').split(',')) {
    const coding = names[each.trim().toLowerCase()];
    if (coding === undefined) return undefined;
    if (coding !== 'identity') codings.unshift(coding);
  }
  return codings.length > maxCodings ? undefined : codings;
}

export function canDecode(contentEncoding: string | undefined): boolean {
  return codingsOf(contentEncoding) !== undefined;
}

/** The body decoded; the source itself when there is nothing to decode. */
export function decodeBody(source: BodySource, contentEncoding: string | undefined): BodySource {
  const codings = codingsOf(contentEncoding);
  if (codings === undefined) return new Unreadable(source);
  return codings.reduce<BodySource>((body, coding) => new DecodedBody(body, coding), source);
}

const damaged = () =>
  new TransportError('cannot-read', 'The body is not what its Content-Encoding says: report it to the sender.');

class Unreadable implements BodySource {
  readonly #source: BodySource;
  constructor(source: BodySource) {
    this.#source = source;
  }
  listen(listener: BodyListener): void {
    this.#source.pause();
    const message = 'The Content-Encoding of the body is unknown here: ask the sender for gzip, br, zstd or none.';
    process.nextTick(() => listener.failed(new TransportError('cannot-read', message)));
  }
  pause(): void {
    this.#source.pause();
  }
  resume(): void {
    // Nothing will be read.
  }
}

/** `first`: the first two bytes, which tell zlib's wrapper (RFC 1950 §2.2) from the raw deflate that some servers send. */
function createDecoder(coding: Coding, first: Uint8Array): Transform {
  switch (coding) {
    case 'gzip':
      return zlib.createGunzip({ chunkSize, flush: zlib.constants.Z_SYNC_FLUSH });
    case 'deflate': {
      const [cmf = 0, flags = 0] = first;
      const wrapped = (cmf & 0x0f) === 8 && ((cmf << 8) | flags) % 31 === 0;
      const options = { chunkSize, flush: zlib.constants.Z_SYNC_FLUSH };
      return wrapped ? zlib.createInflate(options) : zlib.createInflateRaw(options);
    }
    case 'br':
      return zlib.createBrotliDecompress({ chunkSize, flush: zlib.constants.BROTLI_OPERATION_FLUSH });
    case 'zstd':
      return zlib.createZstdDecompress({
        chunkSize,
        flush: zlib.constants.ZSTD_e_flush,
        params: { [zlib.constants.ZSTD_d_windowLogMax]: zstdWindowLog },
      });
  }
}

/** One coding removed. Memory: one input chunk, and what a decoder makes before its reader pauses it. */
class DecodedBody implements BodySource {
  readonly #source: BodySource;
  readonly #coding: Coding;
  #listener: BodyListener | undefined;
  #decoder: Transform | undefined;
  #start: Uint8Array | undefined;
  #trailers: RawHeaders = [];
  #paused = false;

  constructor(source: BodySource, coding: Coding) {
    this.#source = source;
    this.#coding = coding;
  }

  listen(listener: BodyListener): void {
    this.#listener = listener;
    this.#source.listen({
      data: (bytes) => this.#feed(bytes),
      end: (trailers) => {
        this.#trailers = trailers;
        // An empty body has nothing to decode (a HEAD response, 304).
        if (this.#decoder === undefined && this.#start === undefined) this.#ended();
        else (this.#decoder ?? this.#begin(new Uint8Array())).end();
      },
      failed: (error) => this.#fail(error),
    });
  }

  #feed(bytes: Uint8Array): void {
    if (this.#listener === undefined || bytes.length === 0) return;
    let input = bytes;
    if (this.#decoder === undefined) {
      if (this.#start !== undefined) input = Buffer.concat([this.#start, bytes]);
      this.#start = input;
      if (input.length < 2) return;
    }
    const decoder = this.#decoder ?? this.#begin(input);
    if (!decoder.write(input)) {
      this.#source.pause();
      decoder.once('drain', () => this.#source.resume());
    }
  }

  #begin(first: Uint8Array): Transform {
    const decoder = createDecoder(this.#coding, first);
    this.#decoder = decoder;
    decoder.on('data', (bytes: Buffer) => this.#listener?.data(bytes));
    decoder.on('end', () => this.#ended());
    decoder.on('error', () => this.#fail(damaged()));
    if (this.#paused) decoder.pause();
    // A single byte was held back and no more came.
    if (first.length === 0 && this.#start !== undefined) decoder.write(this.#start);
    return decoder;
  }

  #ended(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.end(this.#trailers);
  }

  #fail(error: TransportError): void {
    const listener = this.#listener;
    this.#listener = undefined;
    this.#decoder?.destroy();
    this.#source.pause();
    listener?.failed(error);
  }

  pause(): void {
    this.#paused = true;
    if (this.#decoder === undefined) this.#source.pause();
    else this.#decoder.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#decoder?.resume();
    // Unless the decoder itself has to catch up first.
    if (this.#decoder?.writableNeedDrain !== true) this.#source.resume();
  }
}
