// What we know of an accepted socket, carried on it: where requests on it go, and the TCP socket under its TLS.

import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';

/** Where requests of a connection go: into the tunnel's target, or wherever each request says. */
export type Destination =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'tunnel';
      readonly scheme: 'http' | 'https';
      readonly host: string;
      readonly port: number;
      /** Of the CONNECT. */
      readonly proxyAuthorization: string | undefined;
    };

export interface ConnectionContext {
  readonly destination: Destination;
  /** The accepted TCP socket: the only one that can send a reset. */
  readonly raw: Socket;
  readonly address: string;
  readonly port: number;
  /** The connection came from one of our own outgoing sockets. */
  readonly loop: boolean;
  /** The Host value that was last found to be right; a connection repeats it. */
  knownHost: string | undefined;
  /** Requests under way; a silent or idle connection has none. */
  active: number;
  /** Sweeps seen since the last request. */
  idleSweeps: number;
  /** At least one request came. */
  served: boolean;
  /** No answer of ours is worth parsing more: the socket only drains. */
  refused: boolean;
}

const key = Symbol('connection');
type Carrying = Duplex & { [key]?: ConnectionContext };

export function attachContext(socket: Duplex, context: ConnectionContext): void {
  (socket as Carrying)[key] = context;
}

export function contextOf(socket: Duplex): ConnectionContext {
  const context = (socket as Carrying)[key];
  if (context === undefined) throw new TypeError('a socket without context: it did not come through the listener');
  return context;
}
