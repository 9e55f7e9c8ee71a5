// HTTP/2 towards clients: a session on a socket that was peeked at, or that ALPN gave to h2.

import http2 from 'node:http2';
import type { ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { RawHeaders } from '../http/head.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { FrontOptions } from './http1-front.ts';
import { Http2Client } from './http2-client-side.ts';
import { refusals } from './refusal.ts';
import { route } from './route.ts';
import type { Asked, Route } from './route.ts';

/** The default of 64 KiB would make each upload wait for a round trip per window; still bounded per stream. */
const streamWindow = 512 * 1024;
const connectionWindow = 4 * 1024 * 1024;

export function serveHttp2(socket: Duplex, context: ConnectionContext, options: FrontOptions): void {
  // A server-side TLSSocket made by hand stays `secureConnecting` after its handshake, and http2 would wait for an
  // event that never comes. Undocumented; a test pins it.
  if ('secureConnecting' in socket) socket.secureConnecting = false;
  // Half-open is for tunnels. A client that ends its side of an HTTP/2 connection has left all of its streams.
  if ('allowHalfOpen' in socket) socket.allowHalfOpen = false;
  const session = http2.performServerHandshake(socket, {
    settings: { initialWindowSize: streamWindow, maxConcurrentStreams: 1000, enableConnectProtocol: false },
    maxHeaderListPairs: 512,
    // A client that opens streams only to reset them (CVE-2023-44487) is cut off by the library's own limits.
  });
  session.on('error', () => session.destroy());
  session.on('frameError', () => session.destroy());
  if (!session.destroyed) session.setLocalWindowSize(connectionWindow);
  session.on('stream', (stream: ServerHttp2Stream, _headers: unknown, flags: number, raw?: RawHeaders) => {
    arrived(stream, flags, raw ?? [], context, options);
  });
}

function arrived(
  stream: ServerHttp2Stream,
  flags: number,
  raw: RawHeaders,
  context: ConnectionContext,
  options: FrontOptions,
): void {
  const { asked, awaitsContinue } = readHead(raw);
  const empty = (flags & http2.constants.NGHTTP2_FLAG_END_STREAM) !== 0;
  const where: Route =
    asked.method === 'CONNECT'
      ? { kind: 'refuse', refusal: refusals.nestedConnect, host: undefined }
      : route(asked, context, options);
  if (where.kind === 'refuse') {
    options.report({ type: 'refused', code: where.refusal.code, host: where.host, status: where.refusal.status });
    const { method, headers } = asked;
    const head = { method, scheme: 'http', host: '', port: 0, path: '/', httpVersion: '2.0', headers } as const;
    new Http2Client({ via: 'proxy', provider: undefined, head }, stream, context, empty, false).refuse(where.refusal);
    return;
  }
  const client = new Http2Client(where.arrival, stream, context, empty, awaitsContinue);
  if (where.kind === 'exchange') options.exchange(client);
  else options.forward(client);
}

/** Pseudo-header fields come first and only once; the library has checked that (RFC 9113 §8.3). */
function readHead(raw: RawHeaders): { asked: Asked; awaitsContinue: boolean } {
  const headers: string[] = [];
  let method = 'GET';
  let target = '/';
  let scheme: 'http' | 'https' = 'http';
  let authority: string | undefined;
  let awaitsContinue = false;
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const value = raw[i + 1] ?? '';
    switch (name) {
      case ':method':
        method = value;
        break;
      case ':path':
        target = value;
        break;
      case ':scheme':
        scheme = value === 'https' ? 'https' : 'http';
        break;
      case ':authority':
        authority = value;
        break;
      default:
        if (name === 'expect') awaitsContinue = value.toLowerCase() === '100-continue';
        if (!name.startsWith(':')) headers.push(name, value);
    }
  }
  return { asked: { method, target, httpVersion: '2.0', scheme, authority, headers }, awaitsContinue };
}
