// An HTTP/2 message body as a push-style source: of a client's request, or of an upstream's response.

import type { Http2Stream } from 'node:http2';
import type { BodyListener, BodySource, TransportError } from '../http/exchange-ports.ts';
import type { RawHeaders } from '../http/head.ts';

const noTrailers: RawHeaders = [];

/**
 * Tells, for a stream that we opened, whether the peer said END_STREAM. Node ends the readable side after
 * RST_STREAM(NO_ERROR), too, and once our own side has ended nothing public tells the two apart. What does: at the
 * moment of END_STREAM the stream is not closed yet. A stream that is paused hears of its end only when it closes;
 * then no error code has to do. To be called right after the stream was opened; tests pin it.
 */
export function watchEnd(stream: Http2Stream): () => boolean {
  let ended = false;
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk === null && !ended) ended = !stream.closed || stream.isPaused() || stream.readableLength > 0;
    return push(chunk, encoding);
  };
  return () => ended && stream.rstCode === 0;
}

export class Http2Body implements BodySource {
  readonly #stream: Http2Stream;
  readonly #failure: () => TransportError;
  readonly #onListen: (() => void) | undefined;
  readonly #empty: boolean;
  readonly #isWhole: () => boolean;
  #trailers = noTrailers;
  #listener: BodyListener | undefined;

  /** `empty`: END_STREAM came with the head. `isWhole` is asked when the stream says `end`. */
  constructor(
    stream: Http2Stream,
    empty: boolean,
    isWhole: () => boolean,
    failure: () => TransportError,
    onListen?: () => void,
  ) {
    this.#stream = stream;
    this.#empty = empty;
    this.#isWhole = isWhole;
    this.#failure = failure;
    this.#onListen = onListen;
    stream.on('trailers', (_headers: unknown, _flags: unknown, raw?: RawHeaders) => {
      this.#trailers = raw ?? noTrailers;
    });
  }

  listen(listener: BodyListener): void {
    const stream = this.#stream;
    this.#listener = listener;
    if (this.#empty) {
      stream.resume();
      process.nextTick(() => this.#settle(true));
      return;
    }
    if (stream.destroyed) {
      process.nextTick(() => this.#settle(false));
      return;
    }
    stream.on('data', (bytes: Buffer) => this.#listener?.data(bytes));
    stream.on('end', () => {
      // SECURITY: `end` also follows a reset or a cut connection; only END_STREAM makes a body whole.
      this.#settle(this.#isWhole());
    });
    stream.on('error', () => this.#settle(false));
    stream.on('close', () => {
      if (!stream.readableEnded) this.#settle(false);
    });
    this.#onListen?.();
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  #settle(clean: boolean): void {
    const listener = this.#listener;
    this.#listener = undefined;
    if (clean) listener?.end(this.#trailers);
    else listener?.failed(this.#failure());
  }
}
