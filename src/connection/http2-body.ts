// An HTTP/2 message body as a push-style source: of a client's request, or of an upstream's response.

import type { Http2Stream } from 'node:http2';
import type { BodyListener, BodySource, TransportError } from '../http/exchange-ports.ts';
import type { RawHeaders } from '../http/head.ts';

const noTrailers: RawHeaders = [];

export class Http2Body implements BodySource {
  readonly #stream: Http2Stream;
  readonly #failure: () => TransportError;
  readonly #onListen: (() => void) | undefined;
  readonly #empty: boolean;
  #trailers = noTrailers;
  #listener: BodyListener | undefined;

  /** `empty`: END_STREAM came with the head. */
  constructor(stream: Http2Stream, empty: boolean, failure: () => TransportError, onListen?: () => void) {
    this.#stream = stream;
    this.#empty = empty;
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
      // `end` also follows a cut connection; then `aborted` is set already.
      if (stream.aborted) this.#settle(false);
      // A peer on Node sends END_STREAM and then RST_STREAM when its program aborts: the reset is in the same read,
      // and means that the body is not to be trusted. A peer that ended early and resets with NO_ERROR is fine
      // (RFC 9113 §8.1).
      else setImmediate(() => this.#settle(stream.rstCode === 0));
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
