// Who is at the other end of the clients' connections. Looked up beside the exchange, which never waits for it.

import type { Clock } from '../base/clock.ts';
import type { ClientSide } from '../http/exchange-ports.ts';
import { createGuardedProcesses, type GuardedProcesses } from '../identity/guarded-processes.ts';
import { createIdentity, type Identity } from '../identity/identity.ts';
import type { ProcessFacts } from '../identity/process-facts.ts';

export interface KnownPeer {
  readonly facts: ProcessFacts | undefined;
}

interface FoundPeer {
  facts: ProcessFacts | undefined;
  readonly askedAt: number;
}

export interface Peers {
  /** Its facts come later. */
  of(client: Pick<ClientSide, 'address' | 'port'>): KnownPeer;
  readonly guarded: GuardedProcesses;
  readonly identity: Identity;
  close(): void;
}

const maxConnections = 4096;
/** Milliseconds. A connection brings many requests; later its port may be another program's. */
const goodFor = 10_000;

/** `localPort`: of the listener. */
export function createPeers(localPort: () => number, clock: Clock): Peers {
  const identity = createIdentity();
  const guarded = createGuardedProcesses();
  const known = new Map<string, FoundPeer>();
  return {
    identity,
    guarded,
    of({ address, port }) {
      const key = `${address} ${port}`;
      const before = known.get(key);
      const now = clock.now();
      if (before !== undefined && now - before.askedAt < goodFor) return before;
      const peer: FoundPeer = { facts: undefined, askedAt: now };
      known.delete(key);
      known.set(key, peer);
      const [oldest] = known.keys();
      if (known.size > maxConnections && oldest !== undefined) known.delete(oldest);
      void identity.of({ address, port, localPort: localPort() }).then((facts) => {
        peer.facts = facts;
        if (facts !== undefined) guarded.guard(facts);
      });
      return peer;
    },
    close: () => identity.close(),
  };
}
