// What the exchange driver sees of a connection: push-style sources, sinks with back-pressure, and one error type.
// `connection/` implements these on real sockets, tests implement them in memory.

import type { RawHeaders, RequestHead, ResponseHead } from './head.ts';

export interface BodyListener {
  data(bytes: Uint8Array): void;
  /** A clean end. `trailers` is empty when there were none. */
  end(trailers: RawHeaders): void;
  /** Anything but a clean end: reset, truncated chunk, undecodable content coding. Called at most once, instead of `end`. */
  failed(error: TransportError): void;
}

/** Bytes that arrive. Nothing is delivered before `listen`, nothing synchronously inside `listen`. */
export interface BodySource {
  listen(listener: BodyListener): void;
  pause(): void;
  resume(): void;
}

/** Bytes that leave. `write` returns false when the peer is slow; `drained` then fires once. */
export interface BodySink {
  write(bytes: Uint8Array | string): boolean;
  drained(callback: () => void): void;
  /** A clean end. */
  end(trailers?: RawHeaders): void;
}

/** One request that arrived, by whatever way in, with the answer it waits for. */
export interface ClientSide {
  readonly via: 'proxy' | 'gateway';
  /** Provider name of a gateway path (`openai`), undefined for proxied requests. */
  readonly provider: string | undefined;
  readonly head: RequestHead;
  /** `Proxy-Authorization` of the CONNECT that opened the tunnel; undefined where there was none. */
  readonly proxyAuthorization: string | undefined;
  /** Peer address of the client's socket. */
  readonly address: string;
  readonly port: number;
  /** Body as sent: content coding untouched. */
  readonly body: BodySource;
  /** A 1xx response (103 Early Hints). */
  inform(head: ResponseHead): void;
  /** The final head; call once. */
  respond(head: ResponseHead): BodySink;
  /** Makes the client see a failure, never a clean end: RST_STREAM, or the socket destroyed. */
  reset(): void;
  /** Fires once when the client left before the response ended. */
  left(callback: () => void): void;
}

export interface UpstreamListener {
  information(head: ResponseHead): void;
  response(head: ResponseHead, body: BodySource): void;
  /** Called at most once, and only before `response`; afterwards the body source reports the failure. */
  failed(error: TransportError): void;
}

/** One request on its way to the provider. */
export interface UpstreamSide {
  readonly body: BodySink;
  /** Stops everything at once: RST_STREAM or the socket destroyed. Safe to call at any time. */
  cancel(): void;
}

export interface Upstream {
  request(head: RequestHead, listener: UpstreamListener): UpstreamSide;
}

export type TransportCode =
  | 'upstream-lost'
  | 'client-lost'
  | 'untrusted-upstream'
  | 'too-large'
  | 'cannot-read'
  | 'loop'
  | 'unauthorized'
  | 'no-credential';

export class TransportError extends Error {
  readonly code: TransportCode;
  /** `message`: one sentence that says what to do next; it reaches the client and the log, so it carries nothing raw. */
  constructor(code: TransportCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TransportError';
    this.code = code;
  }
}
