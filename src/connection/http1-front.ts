// HTTP/1 towards clients: one http.Server that never listens; the listener hands it sockets.

import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ClientSide } from '../http/exchange-ports.ts';
import type { RawHeaders } from '../http/head.ts';
import { contextOf } from './connection-context.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { ConnectionEvent } from './connection-event.ts';
import { Http1Client } from './http1-client-side.ts';
import { refusals, refuseSocket } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { route } from './route.ts';
import type { Asked, Route, RoutingOptions } from './route.ts';

export interface FrontOptions extends RoutingOptions {
  exchange(client: ClientSide): void;
  /** A request of a host that the policy does not name. */
  forward(client: ClientSide): void;
  report(event: ConnectionEvent): void;
}

export interface Http1FrontOptions extends FrontOptions {
  /** CONNECT on the open port. */
  connect(target: string, socket: Socket, head: Buffer, proxyAuthorization: string | undefined): void;
  /** An upgrade for a host that the policy does not name: tunnelled with the request as it came. */
  upgrade(
    request: IncomingMessage,
    host: string,
    port: number,
    path: string,
    headers: RawHeaders,
    socket: Duplex,
    head: Buffer,
  ): void;
}

/** Real clients send large cookies and tokens; past this it is an attack or a mistake. */
const maxHeadBytes = 128 * 1024;

export function createHttp1Front(options: Http1FrontOptions): http.Server {
  function asked(request: IncomingMessage): Asked {
    const httpVersion = request.httpVersionMinor === 0 ? '1.0' : '1.1';
    return { method: request.method ?? 'GET', target: request.url ?? '/', httpVersion, headers: request.rawHeaders };
  }

  function arrived(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void {
    const context = contextOf(request.socket);
    const where = decide(request, context);
    if (where.kind === 'refuse') {
      options.report({ type: 'refused', code: where.refusal.code, host: where.host, status: where.refusal.status });
      refuseRequest(request, response, where.refusal);
      return;
    }
    const client = new Http1Client(where.arrival, request, response, awaitsContinue);
    if (where.kind === 'exchange') options.exchange(client);
    else options.forward(client);
  }

  function decide(request: IncomingMessage, context: ConnectionContext): Route {
    // RFC 9112 §6.1: Transfer-Encoding in HTTP/1.0 means faulty framing.
    if (request.httpVersionMinor === 0 && hasField(request.rawHeaders, 'transfer-encoding')) {
      return { kind: 'refuse', refusal: refusals.badRequest, host: undefined };
    }
    return route(asked(request), context, options);
  }

  const server = http.createServer({
    // SECURITY: never lenient; request smuggling lives from two parsers that disagree.
    insecureHTTPParser: false,
    maxHeaderSize: maxHeadBytes,
    // Checked by `route`, with a reason the client can read.
    requireHostHeader: false,
    noDelay: true,
    // No absolute deadline on an upload; silent and idle connections are swept by the listener.
    requestTimeout: 0,
    headersTimeout: 0,
    keepAliveTimeout: 0,
    // `Upgrade: h2c` and the like are offers that may be ignored (RFC 9110 §7.8): only WebSocket needs an answer.
    shouldUpgradeCallback: (request) => /\bwebsocket\b/i.test(request.headers.upgrade ?? ''),
  });
  server.on('request', (request, response) => arrived(request, response, false));
  server.on('checkContinue', (request, response) => arrived(request, response, true));
  server.on('checkExpectation', (request, response) => refuseRequest(request, response, refusals.expectation));

  server.on('connect', (request, socket: Socket, head: Buffer) => {
    const context = contextOf(socket);
    if (context.destination.kind === 'open' && !context.loop) {
      options.connect(request.url ?? '', socket, head, request.headers['proxy-authorization']);
      return;
    }
    const refusal = context.loop ? refusals.loop : refusals.nestedConnect;
    options.report({ type: 'refused', code: refusal.code, host: undefined, status: refusal.status });
    refuseSocket(socket, refusal);
  });

  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const where = decide(request, contextOf(request.socket));
    if (where.kind === 'forward' && where.arrival.head.scheme === 'http') {
      const { host, port, path, headers } = where.arrival.head;
      options.upgrade(request, host, port, path, headers, socket, head);
      return;
    }
    // SECURITY: frames are not masked yet, so a host that the policy names must not be reached this way.
    const refusal = where.kind === 'refuse' ? where.refusal : refusals.upgrade;
    const host = where.kind === 'refuse' ? where.host : where.arrival.head.host;
    options.report({ type: 'refused', code: refusal.code, host, status: refusal.status });
    refuseSocket(socket, refusal);
  });

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const context = contextOf(socket);
    // The parser reports every further read of a connection that it gave up.
    if (context.refused) return;
    context.refused = true;
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable || context.active > 0) {
      // SECURITY: with an answer under way, text of ours could pass for part of it.
      socket.destroy();
      return;
    }
    const refusal = error.code === 'HPE_HEADER_OVERFLOW' ? refusals.headTooLarge : refusals.badRequest;
    options.report({ type: 'refused', code: refusal.code, host: undefined, status: refusal.status });
    refuseSocket(socket, refusal);
  });
  return server;
}

function hasField(headers: RawHeaders, name: string): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]?.length === name.length && headers[i]?.toLowerCase() === name) return true;
  }
  return false;
}

function refuseRequest(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  const head = {
    method: request.method ?? 'GET',
    scheme: 'http',
    host: '',
    port: 0,
    path: '/',
    httpVersion: request.httpVersionMinor === 0 ? '1.0' : '1.1',
    headers: [],
  } as const;
  new Http1Client({ via: 'proxy', provider: undefined, head }, request, response, false).refuse(refusal);
}
