// A provider for tests: a real server that answers the providers' paths with recorded streams, cut, packed and broken as asked.

import { EventEmitter, once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createSecureServer,
  createServer as createH2cServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { routeOf, type Route } from './playback-routes.ts';
import { pack, send, unpack, type Encoding, type Fault } from './playback-sending.ts';
import { loadStream, streamNames } from './streams.ts';

export interface Playing {
  /** What the answers carry where the recording had a secret. */
  readonly secret: string;
  /** `text`, `think`, `tool`, `toolsecret`, `cuteof`, `errevent`, …; the header `x-playback-scenario` of a request overrides it. */
  readonly scenario: string;
  /** Bytes per write of the (packed) body, or the recorded chunks, or all at once. Header: `x-playback-cut`. */
  readonly cut: number | 'recorded' | 'whole';
  /** Header: `x-playback-encoding`. The client's Accept-Encoding is not asked. */
  readonly encoding: Encoding;
  /** Header: `x-playback-fault`. */
  readonly fault: Fault;
  /** Milliseconds between writes. */
  readonly pause: number;
  /** This instead of a recording, for bodies of the test's own; a function may choose by the request, undefined being the recording. */
  readonly answer?:
    OwnAnswer | ((request: Pick<ReceivedRequest, 'method' | 'path' | 'headers' | 'body'>) => OwnAnswer | undefined);
}

export interface OwnAnswer {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly httpVersion: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly string[];
  /** Unpacked. */
  readonly body: Buffer;
  /** How the answer ended: sent to its end, or the client left before (times of `performance.now()`). Never rejects. */
  readonly over: Promise<{ readonly how: 'sent' | 'left' | 'broken'; readonly at: number }>;
}

export interface PlaybackOptions extends Partial<Playing> {
  readonly secret: string;
  /** With it HTTP/1.1 and HTTP/2 over TLS (ALPN); without it cleartext. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Protocols that ALPN offers. */
  readonly protocols?: readonly ('h2' | 'http/1.1')[];
  /** Cleartext HTTP/2 with prior knowledge instead of HTTP/1.1. */
  readonly h2c?: boolean;
  readonly host?: string;
}

export interface Playback {
  readonly port: number;
  /** `https://localhost:PORT` or `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly requests: readonly ReceivedRequest[];
  /** Connections taken so far. */
  readonly connections: number;
  /** Changes what is played from the next request on. */
  play(playing: Partial<Playing>): void;
  /** The next request that arrives after this call, as soon as its body is there. */
  nextRequest(): Promise<ReceivedRequest>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

type AnyRequest = IncomingMessage | Http2ServerRequest;
export type AnyResponse = ServerResponse | Http2ServerResponse;

export async function startPlayback(options: PlaybackOptions): Promise<Playback> {
  const { tls, host = '127.0.0.1', protocols = ['h2', 'http/1.1'] } = options;
  let playing: Playing = {
    scenario: 'text',
    cut: 'recorded',
    encoding: 'identity',
    fault: 'none',
    pause: 0,
    ...options,
  };
  const requests: ReceivedRequest[] = [];
  const arrivals = new EventEmitter<{ request: [ReceivedRequest] }>();
  const sockets = new Set<Socket>();
  let connections = 0;

  /** The TCP socket below a TLS one, which alone can be reset. */
  const rawSocket = (socket: Socket): Socket | undefined =>
    [...sockets].find(({ remotePort }) => remotePort === socket.remotePort);

  const onRequest = (request: AnyRequest, response: AnyResponse): void => {
    answer(request, response, playing, rawSocket, (received) => {
      requests.push(received);
      arrivals.emit('request', received);
    }).catch((error: unknown) => {
      // A client that goes away in the middle of its own request is not a fault of the test.
      response.destroy(error instanceof Error ? error : undefined);
    });
  };
  const server: Server =
    tls !== undefined
      ? createSecureServer({ ...tls, allowHTTP1: true, ALPNProtocols: [...protocols] }, onRequest)
      : options.h2c === true
        ? createH2cServer(onRequest)
        : createHttpServer(onRequest);
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  // Handshakes that a client breaks off (it does not trust us, say).
  server.on('tlsClientError', () => undefined);
  server.on('sessionError', () => undefined);
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return {
    port,
    origin: tls === undefined ? `http://${host}:${port}` : `https://localhost:${port}`,
    requests,
    get connections() {
      return connections;
    },
    play(next) {
      playing = { ...playing, ...next };
    },
    async nextRequest() {
      const [request] = (await once(arrivals, 'request')) as [ReceivedRequest];
      return request;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function answer(
  request: AnyRequest,
  response: AnyResponse,
  playing: Playing,
  rawSocket: (socket: Socket) => Socket | undefined,
  onReceived: (request: ReceivedRequest) => void,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  const body = unpack(Buffer.concat(parts), request.headers['content-encoding']);
  const over = Promise.withResolvers<Awaited<ReceivedRequest['over']>>();
  const settle = (how: 'sent' | 'left' | 'broken'): void => over.resolve({ how, at: performance.now() });
  response.once('close', () => settle(response.writableFinished ? 'sent' : 'left'));
  const path = request.url ?? '/';
  const method = request.method ?? 'GET';
  const { headers, rawHeaders, httpVersion } = request;
  onReceived({ method, path, httpVersion, headers, rawHeaders, body, over: over.promise });

  const asked = overriddenBy(playing, headers);
  const own = typeof asked.answer === 'function' ? asked.answer({ method, path, headers, body }) : asked.answer;
  const {
    status,
    headers: answerHeaders,
    chunks,
  } = own === undefined ? recorded(routeOf(method, path, body), asked) : headOf(own);
  const whole = Buffer.from(chunks.join(''), 'utf8');
  const packed = pack(own === undefined ? whole : Buffer.from(own.body), asked.encoding);
  const cut =
    asked.cut === 'recorded' && asked.encoding === 'identity' && own === undefined
      ? chunks.map((chunk) => Buffer.byteLength(chunk))
      : asked.cut;
  const { encoding, fault, pause } = asked;
  const reset = (): void => {
    rawSocket(request.socket)?.resetAndDestroy();
  };
  await send(response, { status, headers: answerHeaders, body: packed, cut, encoding, fault, pause, settle, reset });
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: readonly string[];
}

function headOf({ status = 200, headers }: OwnAnswer): Answer {
  return { status, headers, chunks: [] };
}

function recorded(route: Route, { scenario, secret }: Playing): Answer {
  if (route.kind === 'fixed') return json(route.status, route.body);
  // Not every API has every scenario; without a stream there is one text answer and one tool call.
  const name = route.streamed
    ? `${route.api}-${scenario}`
    : `${route.api.replace(/-(sse|array)$/, '')}-nostream${scenario.startsWith('tool') ? scenario : ''}`;
  if (!streamNames().includes(name))
    return json(404, { error: { message: `no recording ${name} in test/fixtures/streams` } });
  return loadStream(name, secret);
}

function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, chunks: [JSON.stringify(body)] };
}

function overriddenBy(playing: Playing, headers: AnyRequest['headers']): Playing {
  const text = (name: string): string | undefined => {
    const value = headers[`x-playback-${name}`];
    return typeof value === 'string' ? value : undefined;
  };
  const cut = text('cut');
  return {
    ...playing,
    scenario: text('scenario') ?? playing.scenario,
    encoding: (text('encoding') as Encoding | undefined) ?? playing.encoding,
    fault: (text('fault') as Fault | undefined) ?? playing.fault,
    cut: cut === undefined ? playing.cut : cut === 'recorded' || cut === 'whole' ? cut : Number(cut),
  };
}
