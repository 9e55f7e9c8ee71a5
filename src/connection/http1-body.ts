// An HTTP/1 message body as a push-style source: the request of a client, or the response of an upstream.

import type { IncomingMessage } from 'node:http';
import type { BodyListener, BodySource, TransportError } from '../http/exchange-ports.ts';

// Shared listeners find their body through this property: no closures per message on the hot path.
const none: Uint8Array[] = [];
const carried = Symbol('body');
type Carrying = IncomingMessage & { [carried]: Http1Body };

export class Http1Body implements BodySource {
  readonly #message: IncomingMessage;
  readonly #failure: () => TransportError;
  readonly #onListen: (() => void) | undefined;
  #listener: BodyListener | undefined;
  /** What one read of the socket brought: each HTTP chunk comes alone, but they go on together. */
  #pending: Uint8Array[] = none;

  /** `failure` words what an early end means; `onListen` runs when somebody wants the body. */
  constructor(message: IncomingMessage, failure: () => TransportError, onListen?: () => void) {
    this.#message = message;
    this.#failure = failure;
    this.#onListen = onListen;
  }

  listen(listener: BodyListener): void {
    const message = this.#message as Carrying;
    this.#listener = listener;
    message[carried] = this;
    if (message.destroyed) {
      // Lost before anybody looked; an event will not come any more.
      process.nextTick(() => (message.readableEnded ? this.ended() : this.lost()));
      return;
    }
    message.on('data', onData);
    message.on('end', onEnd);
    message.on('error', onLost);
    message.on('close', onLost);
    this.#onListen?.();
  }

  pause(): void {
    this.#message.pause();
  }

  resume(): void {
    this.#message.resume();
  }

  received(bytes: Uint8Array): void {
    if (this.#pending.length > 0) {
      this.#pending.push(bytes);
      return;
    }
    this.#pending = [bytes];
    process.nextTick(deliver, this);
  }

  deliver(): void {
    const pending = this.#pending;
    const [first] = pending;
    if (first === undefined) return;
    this.#pending = none;
    this.#listener?.data(pending.length === 1 ? first : Buffer.concat(pending));
  }

  ended(): void {
    this.deliver();
    const listener = this.#listener;
    this.#listener = undefined;
    // SECURITY: only what the parser saw complete is a clean end; a cut body must never look like a whole one.
    if (this.#message.complete) listener?.end(this.#message.rawTrailers);
    else listener?.failed(this.#failure());
  }

  lost(): void {
    this.deliver();
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.failed(this.#failure());
  }
}

function deliver(body: Http1Body): void {
  body.deliver();
}

function onData(this: Carrying, bytes: Uint8Array): void {
  this[carried].received(bytes);
}

function onEnd(this: Carrying): void {
  this[carried].ended();
}

function onLost(this: Carrying): void {
  this[carried].lost();
}
