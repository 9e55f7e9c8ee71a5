// CONNECT: a blind tunnel for hosts the policy does not name; for the others a look at what the client speaks inside.

import tls from 'node:tls';
import type { Socket } from 'node:net';
import { parseAuthority } from '../http/authority.ts';
import type { Destination } from './connection-context.ts';
import type { ConnectionEvent } from './connection-event.ts';
import { firstBytes } from './first-bytes.ts';
import type { ListenerUpstream } from './listener-upstream.ts';
import { refusalFor, refusals, refuseSocket } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { cut, splice } from './splice.ts';

export interface ConnectOptions {
  intercepts(host: string, port: number): boolean;
  leafFor(host: string): tls.SecureContext | Promise<tls.SecureContext>;
  readonly upstream: ListenerUpstream;
  report(event: ConnectionEvent): void;
  readonly silentMs: number;
  /** `socket` speaks HTTP from here; `raw` is the TCP socket under it. */
  serve(socket: Socket, raw: Socket, destination: Destination, speech: 'http1' | 'http2'): void;
}

const established = 'HTTP/1.1 200 Connection Established\r\n\r\n';

export type ConnectHandler = (
  target: string,
  socket: Socket,
  head: Buffer,
  proxyAuthorization: string | undefined,
) => void;

export function createConnectHandler(options: ConnectOptions): ConnectHandler {
  const { upstream } = options;

  function refuse(socket: Socket, refusal: Refusal, host?: string): void {
    options.report({ type: 'refused', code: refusal.code, host, status: refusal.status });
    refuseSocket(socket, refusal);
  }

  /** `answer`: the client still waits for its 200. A server that speaks first (SSH) passes: nothing is awaited here. */
  function blind(socket: Socket, host: string, port: number, answer: boolean): void {
    upstream.tunnel(host, port).then(
      (remote) => {
        if (socket.destroyed) {
          remote.destroy();
          return;
        }
        options.report({ type: 'tunnel', host, port });
        if (answer) socket.write(established);
        splice(socket, remote);
      },
      (error: unknown) => {
        if (answer) refuse(socket, refusalFor(error), host);
        else cut(socket);
      },
    );
  }

  async function openTls(
    socket: Socket,
    host: string,
    port: number,
    proxyAuthorization: string | undefined,
  ): Promise<void> {
    const secureContext = await options.leafFor(host);
    if (socket.destroyed) return;
    const tlsSocket = new tls.TLSSocket(socket, {
      isServer: true,
      secureContext,
      // SECURITY: whatever name the client sends in SNI, or none: the leaf is the one of the CONNECT target, to which
      // the policy and the Host check hold it.
      SNICallback: (_name, done) => done(null, secureContext),
      ALPNProtocols: ['h2', 'http/1.1'],
      requestCert: false,
    });
    const timer = setTimeout(() => tlsSocket.destroy(), options.silentMs);
    let settled = false;
    const failed = (error?: Error) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      const reason = error !== undefined && 'code' in error && typeof error.code === 'string' ? error.code : 'closed';
      options.report({ type: 'handshake-failed', host, reason });
      tlsSocket.destroy();
      socket.destroy();
    };
    const closed = () => failed();
    tlsSocket.once('_tlsError', failed);
    tlsSocket.once('error', failed);
    tlsSocket.once('close', closed);
    // Half-open sockets are for tunnels; a client that ends within the handshake has left.
    tlsSocket.once('end', closed);
    tlsSocket.once('secure', () => {
      clearTimeout(timer);
      tlsSocket.removeListener('_tlsError', failed);
      tlsSocket.removeListener('error', failed);
      tlsSocket.removeListener('close', closed);
      tlsSocket.removeListener('end', closed);
      tlsSocket.on('error', () => tlsSocket.destroy());
      const speech = tlsSocket.alpnProtocol === 'h2' ? 'http2' : 'http1';
      options.serve(tlsSocket, socket, { kind: 'tunnel', scheme: 'https', host, port, proxyAuthorization }, speech);
    });
  }

  return (target, socket, head, proxyAuthorization) => {
    socket.on('error', () => socket.destroy());
    const authority = parseAuthority(target);
    if (authority?.port === undefined) {
      refuse(socket, refusals.badConnect);
      return;
    }
    const { host } = authority;
    const { port } = authority;
    // Some clients send their TLS hello together with the CONNECT.
    if (head.length > 0) socket.unshift(head);
    if (!options.intercepts(host, port)) {
      blind(socket, host, port, true);
      return;
    }
    socket.write(established);
    firstBytes(socket, options.silentMs, (speech) => {
      switch (speech) {
        case 'closed':
        case 'silent':
          socket.destroy();
          break;
        case 'other':
          blind(socket, host, port, false);
          break;
        case 'tls':
          openTls(socket, host, port, proxyAuthorization).catch(() => {
            options.report({ type: 'handshake-failed', host, reason: 'no-certificate' });
            cut(socket);
          });
          break;
        case 'http1':
        case 'http2':
          options.serve(socket, socket, { kind: 'tunnel', scheme: 'http', host, port, proxyAuthorization }, speech);
      }
    });
  };
}
