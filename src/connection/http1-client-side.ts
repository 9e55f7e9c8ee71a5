// One HTTP/1 request of a client and its answer, as the exchange driver sees it.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { STATUS_CODES } from 'node:http';
import { TransportError } from '../http/exchange-ports.ts';
import type { BodySink, BodySource, ClientSide } from '../http/exchange-ports.ts';
import type { RawHeaders, RequestHead, ResponseHead } from '../http/head.ts';
import { contextOf } from './connection-context.ts';
import type { ConnectionContext } from './connection-context.ts';
import { GatheredWrites } from './gathered-writes.ts';
import { Http1Body } from './http1-body.ts';
import { flushLater } from './late-flush.ts';
import type { Flushable } from './late-flush.ts';
import { refusalBody, refusalHeaders } from './refusal.ts';
import type { Refusal } from './refusal.ts';

const carried = Symbol('client');
type Carrying = ServerResponse & { [carried]: Http1Client };

const clientLost = () =>
  new TransportError('client-lost', 'The client closed the connection before its request was complete.');

const ignore = () => undefined;

const smallBytes = 8 * 1024;

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

export interface Arrival {
  readonly via: 'proxy' | 'gateway';
  readonly provider: string | undefined;
  readonly head: RequestHead;
}

export class Http1Client implements ClientSide, BodySink, Flushable {
  readonly via: 'proxy' | 'gateway';
  readonly provider: string | undefined;
  readonly head: RequestHead;
  readonly proxyAuthorization: string | undefined;
  readonly address: string;
  readonly port: number;
  readonly body: BodySource;
  readonly #context: ConnectionContext;
  readonly #response: ServerResponse;
  readonly #writes: GatheredWrites;
  #left: (() => void) | undefined;
  #over = false;

  constructor(arrival: Arrival, request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean) {
    this.via = arrival.via;
    this.provider = arrival.provider;
    this.head = arrival.head;
    this.#context = contextOf(request.socket);
    this.address = this.#context.address;
    const { destination } = this.#context;
    this.proxyAuthorization = destination.kind === 'tunnel' ? destination.proxyAuthorization : undefined;
    this.port = this.#context.port;
    this.#response = response;
    this.#writes = new GatheredWrites(response);
    // 100 as soon as somebody wants the body, and not when it is refused unread (RFC 9110 §10.1.1).
    const onListen = awaitsContinue
      ? () => {
          if (!response.headersSent && !response.destroyed) response.writeContinue();
        }
      : undefined;
    this.body = new Http1Body(request, clientLost, onListen);
    response.sendDate = false;
    (response as Carrying)[carried] = this;
    response.on('close', onClose);
    response.on('error', ignore);
    this.#context.active += 1;
    this.#context.idleSweeps = 0;
    this.#context.served = true;
  }

  inform(head: ResponseHead): void {
    const response = this.#response;
    // `socket` is null while an earlier pipelined answer is still going out; an interim answer may be dropped.
    if (this.head.httpVersion === '1.0' || head.status === 101 || response.headersSent || response.socket === null)
      return;
    let text = `HTTP/1.1 ${head.status} ${head.statusText || (STATUS_CODES[head.status] ?? '')}\r\n`;
    for (let i = 0; i + 1 < head.headers.length; i += 2)
      text += `${head.headers[i] ?? ''}: ${head.headers[i + 1] ?? ''}\r\n`;
    response.socket.write(`${text}\r\n`, 'latin1');
  }

  respond(head: ResponseHead): BodySink {
    const response = this.#response;
    if (this.#over || response.destroyed) return this;
    try {
      response.writeHead(head.status, head.statusText || (STATUS_CODES[head.status] ?? ''), this.#framed(head.headers));
      flushLater(this);
    } catch {
      // A field that must not be written to a wire: the client sees a failure instead of it.
      this.reset();
    }
    return this;
  }

  /** The connection frames the body itself; a Trailer field is only lawful with chunks (RFC 9110 §6.6.2). */
  #framed(headers: RawHeaders): string[] {
    const kept: string[] = [];
    let sized = this.head.httpVersion === '1.0';
    let trailer = false;
    for (let i = 0; i + 1 < headers.length; i += 2) {
      const name = headers[i] ?? '';
      switch (name.length) {
        case 7:
          trailer ||= name.toLowerCase() === 'trailer';
          break;
        case 14:
          sized ||= name.toLowerCase() === 'content-length';
          break;
        case 10: {
          const lower = name.toLowerCase();
          if (lower === 'connection' || lower === 'keep-alive') continue;
          break;
        }
        case 17:
          if (name.toLowerCase() === 'transfer-encoding') continue;
          break;
      }
      kept.push(name, headers[i + 1] ?? '');
    }
    if (!trailer || !sized) return kept;
    return kept.filter((_, index) => kept[index - (index % 2)]?.toLowerCase() !== 'trailer');
  }

  flush(): void {
    if (!this.#over && !this.#response.destroyed) this.#response.flushHeaders();
  }

  write(bytes: Uint8Array | string): boolean {
    if (this.#over || this.#response.destroyed) return true;
    return this.#writes.write(bytes);
  }

  drained(callback: () => void): void {
    this.#response.once('drain', callback);
  }

  end(trailers?: RawHeaders): void {
    const response = this.#response;
    if (this.#over || response.destroyed) return;
    if (trailers !== undefined && trailers.length > 0 && response.chunkedEncoding) {
      const pairs: [string, string][] = [];
      for (let i = 0; i + 1 < trailers.length; i += 2) pairs.push([trailers[i] ?? '', trailers[i + 1] ?? '']);
      response.addTrailers(pairs);
    }
    const last = this.#writes.take();
    if (last === undefined) response.end();
    else if (typeof last === 'string' || response.chunkedEncoding || last.length > smallBytes) response.end(last);
    // As characters a short body joins its head in one write; latin1 keeps the bytes as they are.
    else response.end(latin1(last), 'latin1');
  }

  /** Our own refusal, instead of an exchange. */
  refuse(refusal: Refusal): void {
    const body = refusalBody(refusal);
    // What is left of the request body is not read: the connection ends with this answer.
    if (announcesBody(this.#response.req.rawHeaders)) this.#response.shouldKeepAlive = false;
    const sink = this.respond({ status: refusal.status, statusText: '', headers: refusalHeaders(refusal, body) });
    if (this.head.method !== 'HEAD') sink.write(body);
    sink.end();
  }

  reset(): void {
    if (this.#over || this.#response.writableFinished) return;
    this.#over = true;
    const { raw } = this.#context;
    // What was written in this tick still leaves: a client that has the head can tell a cut answer from none.
    if (this.#response.headersSent) {
      this.#writes.flush();
      this.#response.flushHeaders();
    }
    // SECURITY: a reset and not a close. A body that ends with the connection would look complete after a FIN.
    setImmediate(() => raw.resetAndDestroy());
  }

  left(callback: () => void): void {
    if (this.#response.destroyed && !this.#response.writableFinished) process.nextTick(callback);
    else this.#left = callback;
  }

  closed(): void {
    this.#context.active -= 1;
    const callback = this.#left;
    this.#left = undefined;
    const unfinished = !this.#over && !this.#response.writableFinished;
    this.#over = true;
    if (unfinished) callback?.();
  }
}

/** RFC 9112 §6.3. */
function announcesBody(headers: RawHeaders): boolean {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i]?.toLowerCase();
    if (name === 'transfer-encoding' || (name === 'content-length' && headers[i + 1] !== '0')) return true;
  }
  return false;
}

function onClose(this: Carrying): void {
  this[carried].closed();
}
