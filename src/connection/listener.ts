// The one port that clients know: explicit proxy and gateway, told apart by what arrives.

import net from 'node:net';
import type { Socket } from 'node:net';
import type tls from 'node:tls';
import type { ClientSide } from '../http/exchange-ports.ts';
import { createConnectHandler } from './connect.ts';
import { attachContext } from './connection-context.ts';
import type { ConnectionContext, Destination } from './connection-context.ts';
import type { ConnectionEvent } from './connection-event.ts';
import { plainAddress } from './dial.ts';
import { firstBytes } from './first-bytes.ts';
import { forward } from './forward.ts';
import { createHttp1Front } from './http1-front.ts';
import type { FrontOptions } from './http1-front.ts';
import { serveHttp2 } from './http2-front.ts';
import type { ListenerUpstream } from './listener-upstream.ts';
import type { GatewayTarget } from './route.ts';
import { tunnelUpgrade } from './upgrade.ts';

export interface ListenerOptions {
  /** Asked for each CONNECT and each absolute-form request: the policy may change at run time. */
  intercepts(host: string, port: number): boolean;
  leafFor(host: string): tls.SecureContext | Promise<tls.SecureContext>;
  /** The target of a gateway path such as `/openai/v1/models`; undefined is answered 404. */
  gateway(path: string): GatewayTarget | undefined;
  /** Further host names under which the gateway may be called, when it listens on more than loopback. */
  readonly gatewayNames?: readonly string[];
  readonly upstream: ListenerUpstream;
  exchange(client: ClientSide): void;
  /** A connection has come; nothing of it has been read. */
  connected?(socket: Socket): void;
  report(event: ConnectionEvent): void;
  /** How long a client may stay silent before its first byte, and between CONNECT and what follows. Default 30 s. */
  readonly silentMs?: number;
  /** How long a kept-alive connection may idle. Default 10 min. */
  readonly idleMs?: number;
}

export interface Listener {
  /** SECURITY: binds what is asked and nothing else. */
  listen(host: string, port: number): Promise<{ readonly host: string; readonly port: number }>;
  /** Stops accepting, ends idle connections, and destroys the rest after the grace. */
  close(graceMs?: number): Promise<void>;
}

const defaultGraceMs = 3_000;
const closingPollMs = 20;

export function createListener(options: ListenerOptions): Listener {
  const silentMs = options.silentMs ?? 30_000;
  const idleMs = options.idleMs ?? 600_000;
  /** Connections that carry requests: swept when idle. */
  const serving = new Set<ConnectionContext>();
  const accepted = new Set<Socket>();
  let closing = false;

  const front: FrontOptions = {
    intercepts: (host, port) => options.intercepts(host, port),
    gateway: (path) => options.gateway(path),
    gatewayNames: options.gatewayNames ?? [],
    exchange(client) {
      try {
        options.exchange(client);
      } catch {
        client.reset();
      }
    },
    forward: (client) => forward(client, options.upstream),
    report: (event) => options.report(event),
  };

  function contextFor(raw: Socket, destination: Destination): ConnectionContext {
    const address = plainAddress(raw.remoteAddress ?? '');
    const port = raw.remotePort ?? 0;
    const loop = options.upstream.owns(address, port, raw.localPort ?? 0);
    const context: ConnectionContext = {
      destination,
      raw,
      address,
      port,
      loop,
      knownHost: undefined,
      active: 0,
      idleSweeps: 0,
      served: false,
      refused: false,
    };
    serving.add(context);
    raw.once('close', () => serving.delete(context));
    return context;
  }

  const connect = createConnectHandler({
    intercepts: (host, port) => options.intercepts(host, port),
    leafFor: (host) => options.leafFor(host),
    upstream: options.upstream,
    report: (event) => options.report(event),
    silentMs,
    serve(socket, raw, destination, speech) {
      const context = contextFor(raw, destination);
      attachContext(socket, context);
      if (destination.kind === 'tunnel' && destination.scheme === 'https') {
        // Some TLS libraries finish the handshake, look at the certificate, and leave without a word.
        socket.once('close', () => {
          if (context.served) return;
          options.report({ type: 'handshake-failed', host: destination.host, reason: 'closed' });
        });
      }
      if (speech === 'http2') serveHttp2(socket, context, front);
      else http1.emit('connection', socket);
    },
  });

  const http1 = createHttp1Front({
    ...front,
    connect(target, socket, head, proxyAuthorization) {
      // A tunnel is not idle because no request is under way on it.
      for (const context of serving) if (context.raw === socket) serving.delete(context);
      connect(target, socket, head, proxyAuthorization);
    },
    upgrade: (request, host, port, path, headers, socket, head) => {
      for (const context of serving) if (context.raw === socket) serving.delete(context);
      tunnelUpgrade(options.upstream, request, { host, port, path, headers }, socket, head, (event) =>
        options.report(event),
      );
    },
  });

  const server = net.createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (socket) => {
    accepted.add(socket);
    options.connected?.(socket);
    socket.once('close', () => accepted.delete(socket));
    socket.on('error', () => undefined);
    firstBytes(socket, silentMs, (speech) => {
      if (speech === 'closed' || speech === 'silent') {
        socket.destroy();
        return;
      }
      const context = contextFor(socket, { kind: 'open' });
      attachContext(socket, context);
      if (speech === 'http2') serveHttp2(socket, context, front);
      // What is neither gets its 400 from the parser.
      else http1.emit('connection', socket);
    });
  });

  const sweepMs = Math.max(50, Math.min(15_000, silentMs / 2, idleMs / 2));
  const sweep = setInterval(() => {
    for (const context of serving) {
      if (context.active > 0) continue;
      context.idleSweeps += 1;
      if (context.idleSweeps * sweepMs > idleMs) context.raw.destroySoon();
    }
  }, sweepMs);
  sweep.unref();

  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen({ host, port, backlog: 1024 }, () => {
          server.removeListener('error', reject);
          // A failing accept (too many open files) must not end the process.
          server.on('error', () => undefined);
          const bound = server.address() as net.AddressInfo;
          resolve({ host: bound.address, port: bound.port });
        });
      }),
    async close(graceMs = defaultGraceMs) {
      if (closing) return;
      closing = true;
      clearInterval(sweep);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const deadline = performance.now() + graceMs;
      for (;;) {
        for (const context of serving) if (context.active === 0) context.raw.destroySoon();
        const busy = [...serving].some((context) => context.active > 0);
        if (!busy || performance.now() >= deadline) break;
        await new Promise((resolve) => setTimeout(resolve, closingPollMs));
      }
      for (const socket of accepted) socket.destroy();
      await closed;
      http1.close();
    },
  };
}
