// Outgoing sockets: name override, upstream proxy, TLS with verification, and the check that we do not call ourselves.

import http from 'node:http';
import net from 'node:net';
import tls from 'node:tls';
import { formatAuthority } from '../http/authority.ts';
import { TransportError } from '../http/exchange-ports.ts';
import { resolved } from './resolve-rules.ts';
import type { ResolveRule } from './resolve-rules.ts';
import { classified } from './trust.ts';
import { describesProxy, proxyCredentials } from './upstream-proxy.ts';
import type { UpstreamProxy } from './upstream-proxy.ts';

export interface OwnAddress {
  readonly address: string;
  readonly port: number;
}

export interface DialOptions {
  readonly trust: tls.SecureContext;
  readonly proxy: UpstreamProxy | undefined;
  readonly resolve: readonly ResolveRule[];
  readonly ownAddresses: () => readonly OwnAddress[];
  /** For name look-up, TCP and TLS together. */
  readonly connectMs: number;
}

export interface Dialer {
  /** A byte pipe to host:port, through the upstream proxy when there is one. */
  tcp(host: string, port: number): Promise<net.Socket>;
  /** The same with verified TLS; `alpn` in the order of preference. */
  tls(host: string, port: number, alpn: readonly string[]): Promise<tls.TLSSocket>;
  /** To the upstream proxy itself, for absolute-form requests. */
  proxy(proxy: UpstreamProxy): Promise<net.Socket>;
  proxyFor(host: string): UpstreamProxy | undefined;
  /** Whether a connection that came from `address` and `port` to our `ownPort` is one of our outgoing ones. */
  owns(address: string, port: number, ownPort: number): boolean;
  close(): void;
}

const maxSessions = 500;
const ignore = () => undefined;

/** IPv4-mapped IPv6 addresses are the IPv4 ones to us. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

export function createDialer(options: DialOptions): Dialer {
  const open = new Set<net.Socket>();
  const local = new Set<string>();
  const sessions = new Map<string, Buffer>();

  function isOurselves(socket: net.Socket): boolean {
    const remote = plainAddress(socket.remoteAddress ?? '');
    return options.ownAddresses().some(({ address, port }) => {
      if (port !== socket.remotePort) return false;
      const own = plainAddress(address);
      if (own === remote) return true;
      // Bound to all interfaces: then every address of this machine is ours, and from here those are the ones that
      // answer from the address they were called at.
      return (own === '0.0.0.0' || own === '::') && remote === plainAddress(socket.localAddress ?? '');
    });
  }

  function connect(host: string, port: number, where: string): Promise<net.Socket> {
    return new Promise((resolve, reject) => {
      const socket = net.connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 });
      open.add(socket);
      // Whoever gets the socket listens, too; this one only keeps an error that comes in between from ending the process.
      socket.on('error', ignore);
      const timer = setTimeout(() => {
        socket.destroy();
        reject(classified(Object.assign(new Error('connect timed out'), { code: 'ETIMEDOUT' }), where));
      }, options.connectMs);
      const failed = (error: Error) => {
        clearTimeout(timer);
        reject(classified(error, where));
      };
      socket.once('error', failed);
      socket.once('connect', () => {
        clearTimeout(timer);
        // SECURITY: before a single byte goes out; a loop would otherwise multiply sockets until the process dies.
        if (isOurselves(socket)) {
          socket.destroy();
          const message = `${where} leads back to Scrim itself: correct the base URL, the --resolve rule or the proxy.`;
          reject(new TransportError('loop', message));
          return;
        }
        // With the port it leads to: the system gives the same local port to connections with different destinations,
        // so a client of ours may have the address of one of these.
        const key = `${plainAddress(socket.localAddress ?? '')} ${socket.localPort ?? 0} ${socket.remotePort ?? 0}`;
        local.add(key);
        socket.once('close', () => local.delete(key));
        socket.removeListener('error', failed);
        resolve(socket);
      });
      socket.once('close', () => open.delete(socket));
    });
  }

  function secure(
    socket: net.Socket,
    host: string,
    port: number,
    alpn: readonly string[],
    where: string,
  ): Promise<tls.TLSSocket> {
    return new Promise((resolve, reject) => {
      const key = `${host}:${port} ${alpn.join()}`;
      const session = sessions.get(key);
      const tlsSocket = tls.connect({
        socket,
        host,
        // RFC 6066 §3: no address literals in SNI.
        servername: net.isIP(host) === 0 ? host : '',
        secureContext: options.trust,
        ALPNProtocols: [...alpn],
        // SECURITY: stated, so that NODE_TLS_REJECT_UNAUTHORIZED=0 in somebody's environment changes nothing.
        rejectUnauthorized: true,
        ...(session === undefined ? {} : { session }),
      });
      tlsSocket.on('error', ignore);
      const timer = setTimeout(() => tlsSocket.destroy(new Error('TLS handshake timed out')), options.connectMs);
      const failed = (error?: unknown) => {
        clearTimeout(timer);
        sessions.delete(key);
        socket.destroy();
        reject(classified(error, where));
      };
      const closed = () => failed();
      tlsSocket.once('error', failed);
      tlsSocket.once('close', closed);
      tlsSocket.once('secureConnect', () => {
        clearTimeout(timer);
        tlsSocket.removeListener('error', failed);
        tlsSocket.removeListener('close', closed);
        resolve(tlsSocket);
      });
      tlsSocket.on('session', (fresh) => {
        if (!tlsSocket.authorized) return;
        if (sessions.size >= maxSessions) sessions.delete(sessions.keys().next().value ?? '');
        sessions.set(key, fresh);
      });
    });
  }

  async function toProxy(proxy: UpstreamProxy): Promise<net.Socket> {
    const where = describesProxy(proxy);
    const at = resolved(options.resolve, proxy.host, proxy.port);
    const socket = await connect(at.host, at.port, where);
    return proxy.scheme === 'https' ? secure(socket, proxy.host, proxy.port, ['http/1.1'], where) : socket;
  }

  /** RFC 9110 §9.3.6. */
  async function throughProxy(proxy: UpstreamProxy, host: string, port: number): Promise<net.Socket> {
    const socket = await toProxy(proxy);
    const target = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    const credentials = proxyCredentials(proxy);
    return new Promise((resolve, reject) => {
      const request = http.request({
        createConnection: () => socket,
        method: 'CONNECT',
        path: target,
        insecureHTTPParser: false,
        headers: ['Host', target, ...(credentials === undefined ? [] : ['Proxy-Authorization', credentials])],
        timeout: options.connectMs,
      });
      const refuse = (message: string, cause?: unknown) => {
        socket.destroy();
        reject(new TransportError('upstream-lost', message, { cause }));
      };
      request.once('timeout', () => refuse(`${describesProxy(proxy)} does not answer: check --upstream-proxy.`));
      request.once('error', (error) =>
        refuse(`${describesProxy(proxy)} closed the connection: check --upstream-proxy.`, error),
      );
      const answered = (status: number) =>
        refuse(
          status === 407
            ? `${describesProxy(proxy)} wants other credentials: put them into --upstream-proxy as user:password@.`
            : `${describesProxy(proxy)} refused to connect to ${target} (status ${status}): ask its administrator.`,
        );
      request.once('response', (response) => answered(response.statusCode ?? 0));
      request.once('connect', (response, _socket, head: Buffer) => {
        const status = response.statusCode ?? 0;
        if (status < 200 || status > 299) {
          answered(status);
          return;
        }
        socket.setTimeout(0);
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.end();
    });
  }

  async function tcp(host: string, port: number, where: string): Promise<net.Socket> {
    const at = resolved(options.resolve, host, port);
    const proxy = proxyFor(at.host);
    if (proxy !== undefined) return throughProxy(proxy, at.host, at.port);
    return connect(at.host, at.port, where);
  }

  function proxyFor(host: string): UpstreamProxy | undefined {
    return options.proxy?.serves(host) === true ? options.proxy : undefined;
  }

  return {
    tcp: (host, port) => tcp(host, port, formatAuthority('http', host, port)),
    proxyFor: (host) => proxyFor(host),
    proxy: toProxy,
    async tls(host, port, alpn) {
      const where = formatAuthority('https', host, port);
      return secure(await tcp(host, port, where), host, port, alpn, where);
    },
    owns: (address, port, ownPort) => local.has(`${plainAddress(address)} ${port} ${ownPort}`),
    close() {
      for (const socket of open) socket.destroy();
    },
  };
}
