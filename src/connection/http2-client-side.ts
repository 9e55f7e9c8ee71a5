// One HTTP/2 stream of a client, as the exchange driver sees it.

import http2 from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import { TransportError } from '../http/exchange-ports.ts';
import type { BodySink, BodySource, ClientSide } from '../http/exchange-ports.ts';
import { loweredNames } from '../http/header-rules.ts';
import type { RawHeaders, RequestHead, ResponseHead } from '../http/head.ts';
import type { ConnectionContext } from './connection-context.ts';
import { GatheredWrites } from './gathered-writes.ts';
import { Http2Body } from './http2-body.ts';
import type { Arrival } from './http1-client-side.ts';
import { flushLater } from './late-flush.ts';
import type { Flushable } from './late-flush.ts';
import { refusalBody, refusalHeaders } from './refusal.ts';
import type { Refusal } from './refusal.ts';

const clientLost = () =>
  new TransportError('client-lost', 'The client ended the HTTP/2 stream before its request was complete.');

/** Fields of HTTP/1 that make an HTTP/2 message malformed (RFC 9113 §8.2.2). */
const connectionFields = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection']);

function http2Headers(status: number, headers: RawHeaders): string[] {
  const lowered = loweredNames(headers);
  const kept = [':status', String(status)];
  for (let i = 0; i + 1 < lowered.length; i += 2) {
    const name = lowered[i] ?? '';
    if (!connectionFields.has(name)) kept.push(name, lowered[i + 1] ?? '');
  }
  return kept;
}

export class Http2Client implements ClientSide, BodySink, Flushable {
  readonly via: 'proxy' | 'gateway';
  readonly provider: string | undefined;
  readonly head: RequestHead;
  readonly proxyAuthorization: string | undefined;
  readonly address: string;
  readonly port: number;
  readonly body: BodySource;
  readonly #stream: ServerHttp2Stream;
  readonly #writes: GatheredWrites;
  #pending: ResponseHead | undefined;
  #trailers: RawHeaders = [];
  #left: (() => void) | undefined;
  #ended = false;
  #over = false;

  constructor(
    arrival: Arrival,
    stream: ServerHttp2Stream,
    context: ConnectionContext,
    empty: boolean,
    awaitsContinue: boolean,
  ) {
    this.via = arrival.via;
    this.provider = arrival.provider;
    this.head = arrival.head;
    this.address = context.address;
    const { destination } = context;
    this.proxyAuthorization = destination.kind === 'tunnel' ? destination.proxyAuthorization : undefined;
    this.port = context.port;
    this.#stream = stream;
    this.#writes = new GatheredWrites(stream);
    const onListen = awaitsContinue
      ? () => {
          if (!stream.headersSent && !stream.destroyed) stream.additionalHeaders({ ':status': 100 });
        }
      : undefined;
    // While our side is open, whatever is not END_STREAM counts as aborted.
    const isWhole = () => !stream.aborted && stream.rstCode === 0;
    this.body = new Http2Body(stream, empty, isWhole, clientLost, onListen);
    stream.on('error', () => undefined);
    stream.on('wantTrailers', () => {
      // SECURITY: sending trailers, even none, is what ends the stream: not after a reset.
      if (!this.#over) stream.sendTrailers(trailerFields(this.#trailers));
    });
    stream.on('close', () => {
      context.active -= 1;
      const unfinished = !this.#over && (!this.#ended || !stream.writableFinished);
      this.#over = true;
      if (unfinished) this.#left?.();
      this.#left = undefined;
    });
    context.active += 1;
    context.idleSweeps = 0;
    context.served = true;
  }

  inform(head: ResponseHead): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.headersSent || this.#pending !== undefined || head.status === 101) return;
    const fields: http2.OutgoingHttpHeaders = { ':status': head.status };
    const lowered = loweredNames(head.headers);
    for (let i = 0; i + 1 < lowered.length; i += 2) {
      const name = lowered[i] ?? '';
      const value = lowered[i + 1] ?? '';
      const before = fields[name];
      if (connectionFields.has(name)) continue;
      fields[name] =
        before === undefined ? value : Array.isArray(before) ? [...before, value] : [String(before), value];
    }
    stream.additionalHeaders(fields);
  }

  respond(head: ResponseHead): BodySink {
    this.#pending = head;
    flushLater(this);
    return this;
  }

  flush(): void {
    this.#open(false);
  }

  /** `endStream`: nothing follows; gRPC clients tell such a head from one with an empty body. */
  #open(endStream: boolean): void {
    const head = this.#pending;
    const stream = this.#stream;
    if (head === undefined) return;
    this.#pending = undefined;
    if (this.#over || stream.destroyed || stream.closed) return;
    try {
      const fields = http2Headers(head.status, head.headers);
      stream.respond(fields, { endStream, waitForTrailers: !endStream });
    } catch {
      this.reset();
    }
  }

  write(bytes: Uint8Array | string): boolean {
    this.#open(false);
    if (this.#over || this.#stream.destroyed || this.#stream.closed || this.#stream.writableEnded) return true;
    return this.#writes.write(bytes);
  }

  drained(callback: () => void): void {
    this.#stream.once('drain', callback);
  }

  end(trailers: RawHeaders = []): void {
    this.#ended = true;
    this.#trailers = trailers;
    this.#open(trailers.length === 0);
    if (!this.#over && !this.#stream.destroyed && !this.#stream.writableEnded) {
      const last = this.#writes.take();
      if (last === undefined) this.#stream.end();
      else this.#stream.end(last);
    }
  }

  refuse(refusal: Refusal): void {
    const body = refusalBody(refusal);
    const sink = this.respond({ status: refusal.status, statusText: '', headers: refusalHeaders(refusal, body) });
    if (this.head.method !== 'HEAD') sink.write(body);
    sink.end();
  }

  reset(): void {
    if (this.#over) return;
    this.#over = true;
    this.#pending = undefined;
    resetStream(this.#stream, http2.constants.NGHTTP2_INTERNAL_ERROR);
  }

  left(callback: () => void): void {
    if (this.#stream.destroyed && !this.#ended) process.nextTick(callback);
    else this.#left = callback;
  }
}

/**
 * RST_STREAM without END_STREAM before it. `close` alone would end the writable side first, and wait for a peer that
 * does not read; `destroy` sends the code that `close` noted at once.
 */
export function resetStream(stream: http2.Http2Stream, code: number): void {
  if (stream.destroyed) return;
  stream.removeAllListeners('wantTrailers');
  stream.on('wantTrailers', () => undefined);
  stream.close(code);
  stream.destroy();
}

export function trailerFields(trailers: RawHeaders): http2.OutgoingHttpHeaders {
  const fields: Record<string, string[]> = {};
  for (let i = 0; i + 1 < trailers.length; i += 2)
    (fields[(trailers[i] ?? '').toLowerCase()] ??= []).push(trailers[i + 1] ?? '');
  return fields;
}
