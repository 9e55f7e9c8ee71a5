// One request to an HTTP/1.1 upstream.

import http from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { TransportError } from '../http/exchange-ports.ts';
import type { BodySink, UpstreamListener, UpstreamSide } from '../http/exchange-ports.ts';
import { forwardedRequestHeaders, forwardedResponseHeaders, joinedCookies, withHost } from '../http/header-rules.ts';
import { headerValue } from '../http/head.ts';
import type { RawHeaders, RequestHead } from '../http/head.ts';
import { Http1Body } from './http1-body.ts';
import { flushLater } from './late-flush.ts';
import type { Flushable } from './late-flush.ts';
import type { Origin } from './origin.ts';
import { classified } from './trust.ts';

const maxHeadBytes = 256 * 1024;
/** RFC 9110 §9.2.2. */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
/** Methods whose missing body needs no `Content-Length: 0` (RFC 9110 §8.6). */
const bodiless = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'DELETE', 'CONNECT']);

const carried = Symbol('upstream request');
type Carrying = ClientRequest & { [carried]: Http1Request };

export class Http1Request implements UpstreamSide, BodySink, Flushable {
  /** Its place among the requests that wait for a head, and since when. */
  place = -1;
  since = 0;
  readonly #origin: Origin;
  readonly #head: RequestHead;
  readonly #listener: UpstreamListener;
  readonly #settled: (request: Http1Request) => void;
  readonly #headers: string[];
  #framing: 'length' | 'chunks' | 'unknown';
  #request: ClientRequest | undefined;
  #sentBody = false;
  #ended = false;
  #retried = false;
  #state: 'waiting' | 'answered' | 'over' = 'waiting';
  #onDrain: (() => void) | undefined;
  #body: Http1Body | undefined;

  /** `settled` runs once, when the response head came or never will. */
  constructor(origin: Origin, head: RequestHead, listener: UpstreamListener, settled: (request: Http1Request) => void) {
    this.#origin = origin;
    this.#head = head;
    this.#listener = listener;
    this.#settled = settled;
    let headers = forwardedRequestHeaders(head.headers, { http2: false });
    if (head.httpVersion === '2.0') headers = joinedCookies(headers);
    if (headerValue(headers, 'host') === undefined) headers = withHost(headers, origin.authority);
    this.#headers = headers;
    this.#framing = framingOf(head);
    // Otherwise the first write or the end tells. Only HTTP/2 may have more to say without having said so; in HTTP/1
    // a request without framing has no body (RFC 9112 §6.3), unless somebody rewrote it and dropped the length.
    if (this.#framing !== 'unknown') this.#start();
    else if (head.httpVersion === '2.0' && !bodiless.has(head.method)) flushLater(this);
  }

  get body(): BodySink {
    return this;
  }

  #start(): void {
    const origin = this.#origin;
    const headers = this.#headers;
    if (this.#framing === 'chunks') headers.push('Transfer-Encoding', 'chunked');
    else dropTrailer(headers);
    const { viaProxy } = origin;
    if (viaProxy?.credentials !== undefined) headers.push('Proxy-Authorization', viaProxy.credentials);
    this.#send();
    flushLater(this);
  }

  #send(): void {
    const { viaProxy } = this.#origin;
    let request: ClientRequest;
    try {
      request = http.request({
        agent: this.#origin.agent,
        method: this.#head.method,
        path: viaProxy === undefined ? this.#head.path : viaProxy.prefix + this.#head.path,
        headers: this.#headers,
        setHost: false,
        maxHeaderSize: maxHeadBytes,
        // SECURITY: stated, so that a flag in the environment of the process changes nothing.
        insecureHTTPParser: false,
      });
    } catch (error) {
      process.nextTick(() => this.failed(error));
      return;
    }
    this.#request = request;
    (request as Carrying)[carried] = this;
    request.on('response', onResponse);
    request.on('information', onInformation);
    request.on('error', onError);
    request.on('drain', onDrain);
  }

  /** The tick is over: the head leaves, whether or not a body came. */
  flush(): void {
    if (this.#state === 'over' || this.#ended) return;
    if (this.#framing === 'unknown') {
      this.#framing = 'chunks';
      this.#start();
    }
    if (!this.#sentBody) this.#request?.flushHeaders();
  }

  write(bytes: Uint8Array | string): boolean {
    if (this.#state === 'over' || this.#ended) return true;
    if (this.#framing === 'unknown') {
      this.#framing = 'chunks';
      this.#start();
    }
    this.#sentBody = true;
    const request = this.#request;
    return request === undefined || request.destroyed || request.write(bytes);
  }

  drained(callback: () => void): void {
    this.#onDrain = callback;
  }

  end(trailers?: RawHeaders): void {
    if (this.#state === 'over' || this.#ended) return;
    this.#ended = true;
    if (this.#framing === 'unknown') {
      this.#framing = 'length';
      if (!bodiless.has(this.#head.method)) this.#headers.push('Content-Length', '0');
      this.#start();
    }
    const request = this.#request;
    if (request === undefined || request.destroyed) return;
    if (trailers !== undefined && trailers.length > 0 && this.#framing === 'chunks') {
      const pairs: [string, string][] = [];
      for (let i = 0; i + 1 < trailers.length; i += 2) pairs.push([trailers[i] ?? '', trailers[i + 1] ?? '']);
      request.addTrailers(pairs);
    }
    request.end();
  }

  cancel(): void {
    if (this.#state === 'over') return;
    if (this.#state === 'waiting') this.#settled(this);
    this.#state = 'over';
    this.#request?.destroy();
  }

  /** No response head within the listener's patience. */
  expire(): void {
    const message = `${this.#origin.authority} did not answer in time: try again, or ask for less at once.`;
    this.#request?.destroy(new TransportError('upstream-lost', message));
  }

  informed(status: number, statusText: string, raw: RawHeaders): void {
    if (this.#state !== 'waiting' || status === 100 || status === 101) return;
    this.#listener.information({ status, statusText, headers: forwardedResponseHeaders(raw) });
  }

  answered(message: IncomingMessage): void {
    if (this.#state !== 'waiting') {
      message.destroy();
      return;
    }
    this.#state = 'answered';
    this.#settled(this);
    const head = {
      status: message.statusCode ?? 502,
      statusText: message.statusMessage ?? '',
      headers: forwardedResponseHeaders(message.rawHeaders),
    };
    this.#body = new Http1Body(message, this.#cut);
    this.#listener.response(head, this.#body);
  }

  readonly #cut = () =>
    new TransportError('upstream-lost', `${this.#origin.authority} broke off in the middle of its answer: try again.`);

  drainedNow(): void {
    const callback = this.#onDrain;
    this.#onDrain = undefined;
    callback?.();
  }

  failed(error: unknown): void {
    // SECURITY: Node lets a body that is framed by the connection end cleanly after a reset; the error comes first.
    this.#body?.lost();
    if (this.#state !== 'waiting') return;
    if (this.#mayRetry(error)) {
      this.#retried = true;
      // Its siblings are as old as the socket that failed.
      this.#origin.agent.dropFree();
      this.#send();
      if (this.#ended) this.#request?.end();
      else this.#request?.flushHeaders();
      return;
    }
    this.#state = 'over';
    this.#settled(this);
    this.#listener.failed(classified(error, this.#origin.authority));
  }

  /** A kept-alive socket that the server had closed already; the same request again is safe only without a body. */
  #mayRetry(error: unknown): boolean {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ECONNRESET' && code !== 'EPIPE') return false;
    if (this.#retried || this.#sentBody || this.#request?.reusedSocket !== true) return false;
    return idempotent.has(this.#head.method) || this.#ended;
  }
}

/** How the body will be framed: as the client did, or not known before its first bytes (HTTP/2, missing length). */
function framingOf(head: RequestHead): 'length' | 'chunks' | 'unknown' {
  let length = false;
  for (let i = 0; i + 1 < head.headers.length; i += 2) {
    const name = head.headers[i] ?? '';
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return 'chunks';
    if (name.length === 14 && name.toLowerCase() === 'content-length') length = true;
  }
  if (length) return 'length';
  return 'unknown';
}

/** A Trailer field without chunks promises what cannot come (RFC 9110 §6.6.2); Node refuses to send it. */
function dropTrailer(headers: string[]): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    if (headers[i]?.toLowerCase() === 'trailer') headers.splice(i, 2);
  }
}

function onResponse(this: Carrying, message: IncomingMessage): void {
  this[carried].answered(message);
}

function onInformation(this: Carrying, info: http.InformationEvent): void {
  this[carried].informed(info.statusCode, info.statusMessage, info.rawHeaders);
}

function onError(this: Carrying, error: Error): void {
  this[carried].failed(error);
}

function onDrain(this: Carrying): void {
  this[carried].drainedNow();
}
