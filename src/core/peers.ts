// Who is at the other end of the clients' connections. Looked up beside the exchange, which never waits for it.

import type { Socket } from 'node:net';
import { plainAddress } from '../connection/dial.ts';
import type { ClientSide } from '../http/exchange-ports.ts';
import { mayAnswer, type AnswerPermission } from '../identity/answer-guard.ts';
import { createGuardedProcesses } from '../identity/guarded-processes.ts';
import { createIdentity, peerOf } from '../identity/identity.ts';
import type { Peer, ProcessFacts } from '../identity/process-facts.ts';

export interface KnownPeer {
  readonly facts: ProcessFacts | undefined;
  /** Resolves when the facts are there, or will not come; undefined once that is so. */
  readonly looking: Promise<void> | undefined;
}

export interface Peers {
  /** A client has connected: the look-up begins. */
  connected(socket: Socket): void;
  /** Of a client that has sent a request; it is guarded from now on. Its facts come later, or never. */
  of(client: Pick<ClientSide, 'address' | 'port'>): KnownPeer;
  /** Guards a process that a client was started as. */
  guard(pid: number): Promise<void>;
  /** Does an answer from this connection count? */
  mayAnswer(peer: Peer, where?: 'terminal' | 'window'): Promise<AnswerPermission>;
  /** May this process press what is a person's to press? Not when it is guarded, or below a guarded one. */
  mayUse(pid: number): Promise<boolean>;
  close(): void;
}

interface FoundPeer {
  facts: ProcessFacts | undefined;
  looking: Promise<void> | undefined;
  /** It has sent a request, and not only looked whether somebody listens. */
  isClient: boolean;
}

/** Nothing is known of it, and nothing will be. */
export const nobody: KnownPeer = { facts: undefined, looking: undefined };

export function createPeers(): Peers {
  const identity = createIdentity();
  const guarded = createGuardedProcesses();
  /** Of the connections that are open. */
  const known = new Map<string, FoundPeer>();
  const keyOf = (address: string, port: number): string => `${plainAddress(address)} ${port}`;
  return {
    connected(socket) {
      const peer = peerOf(socket);
      if (peer === undefined) return;
      const key = keyOf(peer.address, peer.port);
      const found: FoundPeer = { facts: undefined, looking: undefined, isClient: false };
      known.set(key, found);
      socket.once('close', () => {
        if (known.get(key) === found) known.delete(key);
      });
      found.looking = identity.of(peer).then((facts) => {
        found.facts = facts;
        found.looking = undefined;
        if (facts !== undefined && found.isClient) guarded.guard(facts);
      });
    },
    of({ address, port }) {
      const found = known.get(keyOf(address, port));
      if (found === undefined) return nobody;
      if (!found.isClient && found.facts !== undefined) guarded.guard(found.facts);
      found.isClient = true;
      return found;
    },
    async guard(pid) {
      const facts = await identity.facts(pid);
      if (facts !== undefined) guarded.guard(facts);
    },
    mayAnswer: async (peer, where) => mayAnswer(await identity.of(peer), guarded, where),
    mayUse: async (pid) => mayAnswer(await identity.facts(pid), guarded, 'window').ok,
    close: () => identity.close(),
  };
}
