// The way out: requests to providers over HTTP/1.1 or HTTP/2, and byte pipes for what we do not read.

import { Slots } from '../base/slots.ts';
import type { Socket } from 'node:net';
import type { BodySink, UpstreamListener, UpstreamSide } from '../http/exchange-ports.ts';
import type { RawHeaders, RequestHead } from '../http/head.ts';
import { createDialer } from './dial.ts';
import type { OwnAddress } from './dial.ts';
import { Http1Request } from './http1-upstream.ts';
import { Http2Request } from './http2-upstream.ts';
import type { ListenerUpstream } from './listener-upstream.ts';
import { Origin } from './origin.ts';
import type { ResolveRule } from './resolve-rules.ts';
import { classified, createTrust } from './trust.ts';
import { upstreamProxyFrom } from './upstream-proxy.ts';

export interface UpstreamOptions {
  /** PEM certificates that are trusted besides the bundled and the system's. */
  readonly extraCa: readonly string[];
  readonly upstreamProxy?: URL | undefined;
  readonly resolve: readonly ResolveRule[];
  /** Where we listen ourselves. */
  ownAddresses(): readonly OwnAddress[];
  /** Until the response head. Default 15 min: slow models think that long. */
  readonly headMs?: number;
  /** Name look-up, TCP and TLS. Default 30 s. */
  readonly connectMs?: number;
}

export interface ProviderUpstream extends ListenerUpstream {
  tunnel(host: string, port: number): Promise<Socket>;
  close(): void;
}

type Waiting = Http1Request | Http2Request;

export function createUpstream(options: UpstreamOptions): ProviderUpstream {
  const proxy = options.upstreamProxy === undefined ? undefined : upstreamProxyFrom(options.upstreamProxy);
  if (options.upstreamProxy !== undefined && proxy === undefined) {
    throw new TypeError('The upstream proxy is not an http:// or https:// URL with a host: correct --upstream-proxy.');
  }
  const dialer = createDialer({
    trust: createTrust(options.extraCa),
    proxy,
    resolve: options.resolve,
    ownAddresses: () => options.ownAddresses(),
    connectMs: options.connectMs ?? 30_000,
  });
  const origins = new Map<string, Origin>();

  function originOf(head: RequestHead): Origin {
    const key = `${head.scheme} ${head.host} ${head.port}`;
    let origin = origins.get(key);
    if (origin === undefined) {
      origin = new Origin(dialer, head.scheme, head.host, head.port);
      origins.set(key, origin);
    }
    return origin;
  }

  // One coarse timer for all requests: each waits for its head between one and two of these past `headMs`.
  const headMs = options.headMs ?? 900_000;
  const waiting = new Slots<Waiting>();
  let sweeps = 0;
  const sweep = setInterval(() => {
    sweeps += 1;
    waiting.forEach((request) => {
      if (sweeps - request.since > 4) request.expire();
    });
  }, headMs / 4);
  sweep.unref();
  const settled = (request: Waiting) => waiting.remove(request.place);

  function start<T extends Waiting>(request: T): T {
    request.since = sweeps;
    request.place = waiting.add(request);
    return request;
  }

  return {
    request(head, listener) {
      const origin = originOf(head);
      if (head.httpVersion !== '2.0' || origin.speaksHttp1)
        return start(new Http1Request(origin, head, listener, settled));
      const lease = origin.session();
      if (lease !== undefined) return start(new Http2Request(origin, lease, head, listener, settled));
      return new PendingRequest(origin, listener, () => {
        const found = origin.session();
        if (found !== undefined) return start(new Http2Request(origin, found, head, listener, settled));
        return origin.speaksHttp1 ? start(new Http1Request(origin, head, listener, settled)) : undefined;
      });
    },
    tunnel: (host, port) => dialer.tcp(host, port),
    owns: (address, port, ownPort) => dialer.owns(address, port, ownPort),
    close() {
      clearInterval(sweep);
      for (const origin of origins.values()) origin.close();
      dialer.close();
    },
  };
}

const maxAttempts = 4;

/** A request whose origin is still being asked which protocol it speaks; what is written meanwhile waits, bounded. */
class PendingRequest implements UpstreamSide, BodySink {
  readonly #origin: Origin;
  readonly #listener: UpstreamListener;
  readonly #open: () => UpstreamSide | undefined;
  #side: UpstreamSide | undefined;
  #written: (Uint8Array | string)[] = [];
  #trailers: RawHeaders | undefined;
  #drain: (() => void) | undefined;
  #cancelled = false;

  constructor(origin: Origin, listener: UpstreamListener, open: () => UpstreamSide | undefined) {
    this.#origin = origin;
    this.#listener = listener;
    this.#open = open;
    this.#attempt(1);
  }

  /** More than one when the new session's streams were all taken by others that waited with us. */
  #attempt(count: number): void {
    this.#origin.learn().then(
      () => {
        if (this.#cancelled) return;
        const side = this.#open();
        if (side !== undefined) this.#handOver(side);
        else if (count < maxAttempts) this.#attempt(count + 1);
        else this.#fail(undefined);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #fail(error: unknown): void {
    if (!this.#cancelled) this.#listener.failed(classified(error, this.#origin.authority));
    this.#cancelled = true;
    this.#written = [];
  }

  #handOver(side: UpstreamSide): void {
    this.#side = side;
    let room = true;
    for (const each of this.#written) room = side.body.write(each);
    this.#written = [];
    if (this.#trailers !== undefined) side.body.end(this.#trailers);
    const drain = this.#drain;
    if (drain === undefined) return;
    if (room) drain();
    else side.body.drained(drain);
  }

  get body(): BodySink {
    return this;
  }

  write(bytes: Uint8Array | string): boolean {
    if (this.#side !== undefined) return this.#side.body.write(bytes);
    if (this.#cancelled) return true;
    this.#written.push(bytes);
    return false;
  }

  drained(callback: () => void): void {
    if (this.#side === undefined) this.#drain = callback;
    else this.#side.body.drained(callback);
  }

  end(trailers: RawHeaders = []): void {
    if (this.#side === undefined) this.#trailers = trailers;
    else this.#side.body.end(trailers);
  }

  cancel(): void {
    this.#cancelled = true;
    this.#written = [];
    this.#side?.cancel();
  }
}
