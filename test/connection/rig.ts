// A listener with its upstream, and clients and servers around it, all on loopback with real TLS.

import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import net from 'node:net';
import tls from 'node:tls';
import type { ConnectionEvent } from '../../src/connection/connection-event.ts';
import { forward } from '../../src/connection/forward.ts';
import { createListener } from '../../src/connection/listener.ts';
import type { Listener } from '../../src/connection/listener.ts';
import type { ResolveRule } from '../../src/connection/resolve-rules.ts';
import type { GatewayTarget } from '../../src/connection/route.ts';
import { createUpstream } from '../../src/connection/upstream.ts';
import type { ProviderUpstream } from '../../src/connection/upstream.ts';
import type { ClientSide } from '../../src/http/exchange-ports.ts';
import { createAuthority } from '../support/authority.ts';

export const provider = createAuthority('Provider authority');
const ours = createAuthority('Scrim authority');
export const leaf = provider.issue({ names: ['localhost', '127.0.0.1', '::1', 'model.test', 'other.test'] });

const leaves = new Map<string, tls.SecureContext>();
function leafFor(host: string): tls.SecureContext {
  let context = leaves.get(host);
  if (context === undefined) leaves.set(host, (context = tls.createSecureContext(ours.issue({ names: [host] }))));
  return context;
}

export interface RigOptions {
  intercepts?: (host: string, port: number) => boolean;
  gateway?: (path: string) => GatewayTarget | undefined;
  resolve?: readonly ResolveRule[];
  upstreamProxy?: URL;
  extraCa?: readonly string[];
  exchange?: (client: ClientSide, upstream: ProviderUpstream) => void;
  silentMs?: number;
  idleMs?: number;
  headMs?: number;
  ownAddresses?: () => { address: string; port: number }[];
}

export interface Rig {
  readonly port: number;
  readonly listener: Listener;
  readonly upstream: ProviderUpstream;
  readonly events: ConnectionEvent[];
  /** The clients that reached the exchange. */
  readonly clients: ClientSide[];
}

const closers: (() => unknown)[] = [];

/** To be called in `afterEach`: nothing of a test outlives it. */
export async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

export async function createRig(options: RigOptions = {}): Promise<Rig> {
  const own: { address: string; port: number }[] = [];
  const events: ConnectionEvent[] = [];
  const clients: ClientSide[] = [];
  const upstream = createUpstream({
    extraCa: options.extraCa ?? [provider.caPem],
    resolve: options.resolve ?? [],
    upstreamProxy: options.upstreamProxy,
    ownAddresses: options.ownAddresses ?? (() => own),
    ...(options.headMs === undefined ? {} : { headMs: options.headMs }),
  });
  const listener = createListener({
    intercepts: options.intercepts ?? (() => true),
    leafFor,
    gateway: options.gateway ?? (() => undefined),
    upstream,
    exchange(client) {
      clients.push(client);
      if (options.exchange === undefined) forward(client, upstream);
      else options.exchange(client, upstream);
    },
    report: (event) => events.push(event),
    ...(options.silentMs === undefined ? {} : { silentMs: options.silentMs }),
    ...(options.idleMs === undefined ? {} : { idleMs: options.idleMs }),
  });
  const bound = await listener.listen('127.0.0.1', 0);
  own.push({ address: bound.host, port: bound.port });
  closers.push(() => listener.close(50));
  closers.push(() => upstream.close());
  return { port: bound.port, listener, upstream, events, clients };
}

/** Starts any server on a free port; every connection it took is destroyed at the end of the test. */
export async function serve(server: net.Server | http2.Http2SecureServer, host = '127.0.0.1'): Promise<number> {
  const open = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
  });
  server.listen(0, host);
  await once(server, 'listening');
  closers.push(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return (server.address() as net.AddressInfo).port;
}

export async function connected(port: number, host = '127.0.0.1', allowHalfOpen = false): Promise<net.Socket> {
  const socket = net.connect({ port, host, allowHalfOpen });
  socket.on('error', () => undefined);
  closers.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Everything until the end of the connection; `reset` when it did not end cleanly. */
export function drain(socket: net.Socket): Promise<{ text: string; reset: boolean }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let reset = false;
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => (reset = true));
    socket.on('close', () => resolve({ text: Buffer.concat(chunks).toString('latin1'), reset }));
  });
}

/** Waits for bytes that match; the bytes seen so far are returned. */
export function until(socket: net.Socket, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (!pattern.test(text)) return;
      socket.removeListener('data', onData);
      socket.removeListener('close', onClose);
      resolve(text);
    };
    const onClose = () => reject(new Error(`closed before ${String(pattern)}: ${text}`));
    socket.on('data', onData);
    socket.on('close', onClose);
  });
}

/** The answer to raw bytes on the listener's port. */
export async function raw(rig: Rig, text: string | Buffer): Promise<{ text: string; reset: boolean }> {
  const socket = await connected(rig.port);
  const answer = drain(socket);
  socket.write(text);
  return answer;
}

export async function tunnel(rig: Rig, target: string): Promise<net.Socket> {
  const socket = await connected(rig.port);
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  const answer = await until(socket, /\r\n\r\n$/);
  if (!answer.startsWith('HTTP/1.1 200 ')) throw new Error(answer);
  return socket;
}

/** TLS inside a tunnel, as a client that trusts our authority and no other. */
export async function tlsTunnel(rig: Rig, target: string, options: tls.ConnectionOptions = {}): Promise<tls.TLSSocket> {
  const socket = await tunnel(rig, target);
  const host = target.replace(/:\d+$/, '').replace(/[[\]]/g, '');
  const secure = tls.connect({
    socket,
    host,
    servername: net.isIP(host) === 0 ? host : '',
    ca: ours.caPem,
    ALPNProtocols: ['http/1.1'],
    ...options,
  });
  secure.on('error', () => undefined);
  await once(secure, 'secureConnect');
  return secure;
}

export interface Answer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly trailers: readonly string[];
  readonly body: Buffer;
  /** The body did not end cleanly. */
  readonly failed: boolean;
}

export function answerOf(request: http.ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let answered = false;
    // Node repeats an error of the body on the request.
    request.on('error', (error) => (answered ? undefined : reject(error)));
    request.on('response', (response) => {
      answered = true;
      const chunks: Buffer[] = [];
      let failed = false;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => (failed = true));
      response.on('close', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.rawHeaders,
          trailers: response.rawTrailers,
          body: Buffer.concat(chunks),
          failed: failed || !response.complete,
        }),
      );
    });
  });
}

/** One HTTP/1.1 request over TLS inside a tunnel. */
export async function get(
  rig: Rig,
  target: string,
  path: string,
  options: { method?: string; headers?: readonly string[]; body?: string } = {},
): Promise<Answer> {
  const socket = await tlsTunnel(rig, target);
  const request = http.request({
    createConnection: () => socket,
    method: options.method ?? 'GET',
    path,
    setHost: false,
    headers: ['Host', target, ...(options.headers ?? [])],
  });
  const answer = answerOf(request);
  request.end(options.body);
  return answer;
}

export async function http2Session(rig: Rig, target: string): Promise<http2.ClientHttp2Session> {
  const socket = await tlsTunnel(rig, target, { ALPNProtocols: ['h2'] });
  const session = http2.connect(`https://${target}`, { createConnection: () => socket });
  session.on('error', () => undefined);
  closers.push(() => session.destroy());
  return session;
}

/** A gRPC-like call. */
export const call = (port: number, path: string): http2.OutgoingHttpHeaders => ({
  ':method': 'POST',
  ':path': path,
  ':authority': `localhost:${port}`,
  'content-type': 'application/grpc',
  te: 'trailers',
});

type Respond = (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders, raw: readonly string[]) => void;

export async function http2Server(respond: Respond, settings: http2.Settings = {}): Promise<number> {
  const server = http2.createSecureServer({ ...leaf, settings });
  server.on('sessionError', () => undefined);
  server.on(
    'stream',
    (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders, _flags: number, raw: readonly string[]) => {
      stream.on('error', () => undefined);
      respond(stream, headers, raw);
    },
  );
  return serve(server);
}

export interface StreamAnswer {
  readonly status: number;
  readonly headers: http2.IncomingHttpHeaders;
  readonly trailers: http2.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly code: number;
  readonly endedWithHead: boolean;
}

export function streamAnswer(stream: http2.ClientHttp2Stream): Promise<StreamAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let headers: http2.IncomingHttpHeaders & http2.IncomingHttpStatusHeader = {};
    let trailers: http2.IncomingHttpHeaders = {};
    let endedWithHead = false;
    stream.on('response', (fields, flags) => {
      headers = fields;
      endedWithHead = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    });
    stream.on('trailers', (fields: http2.IncomingHttpHeaders) => {
      trailers = fields;
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => undefined);
    stream.on('close', () =>
      resolve({
        status: headers[':status'] ?? 0,
        headers,
        trailers,
        body: Buffer.concat(chunks),
        code: stream.rstCode,
        endedWithHead,
      }),
    );
  });
}

/** The `error.code` of one of our own JSON answers. */
export function codeOf(text: string | Buffer): string {
  const json = /\{.*\}/s.exec(text.toString())?.[0] ?? '{}';
  return (JSON.parse(json) as { error?: { code?: string } }).error?.code ?? 'none';
}
