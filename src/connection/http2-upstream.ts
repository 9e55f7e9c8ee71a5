// One request to an HTTP/2 upstream.

import http2 from 'node:http2';
import type { ClientHttp2Stream } from 'node:http2';
import { TransportError } from '../http/exchange-ports.ts';
import type { BodySink, UpstreamListener, UpstreamSide } from '../http/exchange-ports.ts';
import { forwardedRequestHeaders, forwardedResponseHeaders, loweredNames } from '../http/header-rules.ts';
import type { RawHeaders, RequestHead } from '../http/head.ts';
import { Http2Body, watchEnd } from './http2-body.ts';
import { resetStream, trailerFields } from './http2-client-side.ts';
import type { Lease } from './http2-sessions.ts';
import { flushLater } from './late-flush.ts';
import type { Flushable } from './late-flush.ts';
import type { Origin } from './origin.ts';

function requestFields(head: RequestHead, authority: string): string[] {
  const headers = loweredNames(forwardedRequestHeaders(head.headers, { http2: true }));
  let named = authority;
  const rest: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    // RFC 9113 §8.3.1: Host becomes :authority.
    if (name === 'host') named = headers[i + 1] ?? authority;
    else rest.push(name, headers[i + 1] ?? '');
  }
  return [':method', head.method, ':scheme', head.scheme, ':authority', named, ':path', head.path, ...rest];
}

export class Http2Request implements UpstreamSide, BodySink, Flushable {
  /** Its place among the requests that wait for a head, and since when. */
  place = -1;
  since = 0;
  readonly #origin: Origin;
  readonly #head: RequestHead;
  readonly #listener: UpstreamListener;
  readonly #settled: (request: Http2Request) => void;
  #lease: Lease;
  #stream: ClientHttp2Stream | undefined;
  #isWhole: () => boolean = () => false;
  #trailers: RawHeaders = [];
  #ended = false;
  #wrote = false;
  #retried = false;
  #state: 'waiting' | 'answered' | 'over' = 'waiting';

  constructor(
    origin: Origin,
    lease: Lease,
    head: RequestHead,
    listener: UpstreamListener,
    settled: (request: Http2Request) => void,
  ) {
    this.#origin = origin;
    this.#lease = lease;
    this.#head = head;
    this.#listener = listener;
    this.#settled = settled;
    flushLater(this);
  }

  get body(): BodySink {
    return this;
  }

  flush(): void {
    if (this.#stream === undefined && this.#state === 'waiting') this.#open(false);
  }

  #open(endStream: boolean): ClientHttp2Stream | undefined {
    const lease = this.#lease;
    const { session } = lease;
    try {
      const fields = requestFields(this.#head, this.#origin.authority);
      const stream = session.request(fields, { endStream, waitForTrailers: !endStream });
      this.#stream = stream;
      this.#isWhole = watchEnd(stream);
      stream.on('wantTrailers', () => stream.sendTrailers(trailerFields(this.#trailers)));
      stream.on('headers', (headers, _flags, raw?: RawHeaders) => this.#informed(headers[':status'], raw));
      stream.on('response', (headers, flags, raw?: RawHeaders) => this.#answered(headers[':status'], flags, raw ?? []));
      stream.on('error', () => undefined);
      stream.on('close', () => {
        lease.release();
        this.#closed(stream.rstCode);
      });
      return stream;
    } catch {
      // The session went away in this very moment, or a field cannot be sent.
      lease.release();
      process.nextTick(() => this.#closed(http2.constants.NGHTTP2_REFUSED_STREAM));
      return undefined;
    }
  }

  write(bytes: Uint8Array | string): boolean {
    if (this.#state === 'over' || this.#ended) return true;
    this.#wrote = true;
    const stream = this.#stream ?? this.#open(false);
    if (stream === undefined || stream.destroyed || stream.closed || stream.writableEnded) return true;
    return stream.write(bytes);
  }

  drained(callback: () => void): void {
    this.#stream?.once('drain', callback);
  }

  end(trailers: RawHeaders = []): void {
    if (this.#state === 'over' || this.#ended) return;
    this.#ended = true;
    this.#trailers = trailers;
    const stream = this.#stream ?? this.#open(trailers.length === 0);
    if (stream !== undefined && !stream.destroyed && !stream.writableEnded) stream.end();
  }

  cancel(): void {
    if (this.#state === 'over') return;
    if (this.#state === 'waiting') this.#settled(this);
    this.#state = 'over';
    // SECURITY: a reset, not an end: half an upload must not reach the provider as a whole request.
    if (this.#stream === undefined) this.#lease.release();
    else resetStream(this.#stream, http2.constants.NGHTTP2_CANCEL);
  }

  expire(): void {
    this.#fail(`${this.#origin.authority} did not answer in time: try again, or ask for less at once.`);
    if (this.#stream !== undefined) resetStream(this.#stream, http2.constants.NGHTTP2_CANCEL);
  }

  #informed(status: number | undefined, raw: RawHeaders = []): void {
    if (this.#state !== 'waiting' || status === undefined || status === 100) return;
    this.#listener.information({ status, statusText: '', headers: this.#fields(raw) });
  }

  #answered(status: number | undefined, flags: number, raw: RawHeaders): void {
    const stream = this.#stream;
    if (this.#state !== 'waiting' || stream === undefined) return;
    this.#state = 'answered';
    this.#settled(this);
    const empty = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    const head = { status: status ?? 502, statusText: '', headers: this.#fields(raw) };
    this.#listener.response(head, new Http2Body(stream, empty, this.#isWhole, this.#cut));
  }

  #fields(raw: RawHeaders): string[] {
    const kept = forwardedResponseHeaders(raw);
    return kept.filter((_, index) => !(kept[index - (index % 2)] ?? '').startsWith(':'));
  }

  readonly #cut = () =>
    new TransportError('upstream-lost', `${this.#origin.authority} reset the stream in its answer: try again.`);

  #closed(code: number): void {
    if (this.#state !== 'waiting') return;
    // RFC 9113 §8.7: REFUSED_STREAM means that nothing was processed.
    if (code === http2.constants.NGHTTP2_REFUSED_STREAM && !this.#retried && !this.#wrote) {
      this.#retried = true;
      this.#again();
      return;
    }
    this.#fail(`${this.#origin.authority} reset the stream before it answered: try again.`);
  }

  #again(): void {
    this.#stream = undefined;
    const open = () => {
      const lease = this.#origin.session();
      if (lease === undefined) {
        this.#fail(`The HTTP/2 connection to ${this.#origin.authority} was lost: try again.`);
        return;
      }
      this.#lease = lease;
      if (this.#state !== 'waiting') {
        lease.release();
        return;
      }
      const stream = this.#open(this.#ended && this.#trailers.length === 0);
      if (this.#ended && stream !== undefined && !stream.writableEnded) stream.end();
    };
    this.#origin.learn().then(open, open);
  }

  #fail(message: string): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'over';
    this.#settled(this);
    this.#listener.failed(new TransportError('upstream-lost', message));
  }
}
