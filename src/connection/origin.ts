// One scheme, host and port upstream: its kept-alive HTTP/1 sockets, its HTTP/2 sessions, and which of the two it speaks.

import http from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type tls from 'node:tls';
import { formatAuthority } from '../http/authority.ts';
import type { Dialer } from './dial.ts';
import { Http2Sessions } from './http2-sessions.ts';
import type { UpstreamProxy } from './upstream-proxy.ts';
import { proxyCredentials } from './upstream-proxy.ts';

type DialSocket = () => Promise<Duplex>;

/** An agent that knows one origin: no names to build per request, and sockets that we dialled ourselves. */
class OriginAgent extends http.Agent {
  readonly #dial: DialSocket;
  /** Sockets that were opened to learn the protocol, and found to speak HTTP/1.1. */
  readonly #ready: Duplex[] = [];

  constructor(dial: DialSocket) {
    // SECURITY of the patience kind: never cap `maxSockets`; a cap silently queues streams that each last minutes.
    super({ keepAlive: true, maxSockets: Infinity, maxFreeSockets: 512, scheduling: 'lifo' });
    this.#dial = dial;
  }

  override getName(): string {
    return '';
  }

  override createConnection(
    _options: unknown,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): Duplex | undefined {
    const ready = this.#ready.pop();
    if (ready !== undefined && !ready.destroyed) return ready;
    this.#dial().then(
      (socket) => callback?.(null, socket),
      (error: unknown) => callback?.(error as Error, undefined as unknown as Duplex),
    );
    return undefined;
  }

  offer(socket: Duplex): void {
    this.#ready.push(socket);
  }

  /** Closes what is kept alive, so that the next request gets a fresh connection. */
  dropFree(): void {
    for (const sockets of Object.values(this.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }

  override destroy(): void {
    for (const socket of this.#ready) socket.destroy();
    super.destroy();
  }
}

/** After this the question which protocol an origin speaks is asked anew. */
const rememberMs = 300_000;

export class Origin {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** `host` or `host:port`, for Host, `:authority` and messages. */
  readonly authority: string;
  readonly agent: OriginAgent;
  /** Plain HTTP through an upstream proxy: requests in absolute form to that proxy. */
  readonly viaProxy: { readonly prefix: string; readonly credentials: string | undefined } | undefined;
  readonly #dialer: Dialer;
  readonly #sessions = new Http2Sessions();
  #speaks: 'http1' | 'http2' | 'unknown' = 'unknown';
  #learnt = 0;
  #learning: Promise<void> | undefined;

  constructor(dialer: Dialer, scheme: 'http' | 'https', host: string, port: number) {
    this.scheme = scheme;
    this.host = host;
    this.port = port;
    this.authority = formatAuthority(scheme, host, port);
    this.#dialer = dialer;
    const proxy = scheme === 'http' ? dialer.proxyFor(host) : undefined;
    this.viaProxy =
      proxy === undefined ? undefined : { prefix: `http://${this.authority}`, credentials: proxyCredentials(proxy) };
    this.agent = new OriginAgent(() => this.#dialHttp1(proxy));
  }

  #dialHttp1(proxy: UpstreamProxy | undefined): Promise<Socket> {
    if (proxy !== undefined) return this.#dialer.proxy(proxy);
    if (this.scheme === 'http') return this.#dialer.tcp(this.host, this.port);
    return this.#dialer.tls(this.host, this.port, ['http/1.1']);
  }

  /** A session for one more stream, without waiting, when there is one. */
  session() {
    return this.#sessions.free();
  }

  get speaksHttp1(): boolean {
    return this.viaProxy !== undefined || (this.#speaks === 'http1' && performance.now() - this.#learnt < rememberMs);
  }

  /** Resolves when `session()` or `speaksHttp1` gives an answer; several requests share one attempt. */
  learn(): Promise<void> {
    this.#learning ??= this.#ask().finally(() => (this.#learning = undefined));
    return this.#learning;
  }

  async #ask(): Promise<void> {
    if (this.scheme === 'http') {
      const socket = await this.#dialer.tcp(this.host, this.port);
      // Prior knowledge is what the client has, not we: a server that does not answer with SETTINGS is HTTP/1.
      const spoke = await this.#sessions.start(socket, `http://${this.authority}`, true);
      this.#remember(spoke ? 'http2' : 'http1');
      return;
    }
    const socket: tls.TLSSocket = await this.#dialer.tls(this.host, this.port, ['h2', 'http/1.1']);
    if (socket.alpnProtocol === 'h2') {
      this.#remember('http2');
      await this.#sessions.start(socket, `https://${this.authority}`, false);
    } else {
      this.#remember('http1');
      this.agent.offer(socket);
    }
  }

  #remember(speaks: 'http1' | 'http2'): void {
    this.#speaks = speaks;
    this.#learnt = performance.now();
  }

  close(): void {
    this.agent.destroy();
    this.#sessions.close();
  }
}
