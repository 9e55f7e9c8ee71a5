// What the listener needs of the upstream side besides requests.

import type { Socket } from 'node:net';
import type { Upstream } from '../http/exchange-ports.ts';

export interface ListenerUpstream extends Upstream {
  /** A byte pipe, for traffic that is not ours to read. */
  tunnel(host: string, port: number): Promise<Socket>;
  /** Whether a connection that arrives from this address is one of our own outgoing ones. */
  owns(address: string, port: number, ownPort: number): boolean;
}
