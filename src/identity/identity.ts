// Who is at the other end of a loopback connection. Asked when the connection comes, answered a few milliseconds later:
// nobody on a request's path waits for it. It is a label, never authentication.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import { linux } from './linux.ts';
import { macos } from './macos.ts';
import type { Peer, PeerOwner, ProcessFacts, ProcessSource } from './process-facts.ts';
import { windows } from './windows.ts';

export interface Identity {
  /** Undefined: gone, hidden by the system, on another machine, or not found in time. Never rejects. Call it when the connection comes. */
  of(peer: Peer): Promise<ProcessFacts | undefined>;
  /** The user whose program made the connection; known also for another user's process, which itself is hidden. */
  userOf(peer: Peer): Promise<string | undefined>;
  facts(pid: number): Promise<ProcessFacts | undefined>;
  close(): void;
}

export interface IdentityOptions {
  readonly source?: ProcessSource;
  readonly clock?: Clock;
  /** Milliseconds after which a question is answered with undefined. */
  readonly patience?: number;
}

const maxWaiting = 512;
const maxTogether = 64;
const maxKnown = 8;
const maxCached = 256;
/** A process changes folder and branch as it runs. */
const freshFor = 2000;

interface Waiting {
  readonly peer: Peer;
  readonly settle: (owner: PeerOwner | undefined) => void;
}

export function createIdentity(options: IdentityOptions = {}): Identity {
  const source = options.source ?? sourceOf(process.platform);
  const clock = options.clock ?? { now: () => Date.now() };
  const patience = options.patience ?? 2000;
  const waiting: Waiting[] = [];
  const underWay = new Map<string, Promise<PeerOwner | undefined>>();
  const cache = new Map<number, { readonly facts: Promise<ProcessFacts | undefined>; readonly at: number }>();
  let known: readonly number[] = [];
  let isRunning = false;
  const closing = new AbortController();
  const ends = new Set<() => void>();

  function lookUp(peer: Peer): Promise<PeerOwner | undefined> {
    const key = `${peer.address} ${peer.port} ${peer.localPort}`;
    const same = underWay.get(key);
    if (same) return same;
    if (closing.signal.aborted || source === undefined || waiting.length >= maxWaiting)
      return Promise.resolve(undefined);
    const found = new Promise<PeerOwner | undefined>((settle) => {
      waiting.push({ peer, settle });
    }).finally(() => underWay.delete(key));
    underWay.set(key, found);
    if (!isRunning) void run(source);
    return found;
  }

  /** One pass at a time, for all that wait. A pass that hangs (a process in an uninterruptible sleep) holds no second one. */
  async function run(from: ProcessSource) {
    isRunning = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxTogether);
      const startedAt = clock.now();
      const peers = batch.map(({ peer }) => peer);
      const owners = await from.find(peers, known).catch(() => []);
      for (const [i, { settle }] of batch.entries()) {
        const pid = owners[i]?.pid ?? null;
        if (pid !== null) known = [pid, ...known.filter((other) => other !== pid)].slice(0, maxKnown);
        settle(owners[i]);
      }
      // A client that hides makes us go through all processes again and again: at most half of the time.
      const isHiding = owners.some(({ pid, user }) => pid === null && user !== null);
      const took = clock.now() - startedAt;
      if (isHiding) await sleep(took, undefined, { ref: false, signal: closing.signal }).catch(() => undefined);
    }
    isRunning = false;
  }

  async function factsOf(from: ProcessSource, pid: number): Promise<ProcessFacts | undefined> {
    const cached = cache.get(pid);
    if (cached && clock.now() - cached.at < freshFor) {
      const facts = await cached.facts;
      if (facts !== undefined && (await from.startTime(pid)) === facts.startTime) return facts;
    }
    const facts = from.facts(pid);
    cache.delete(pid);
    cache.set(pid, { facts, at: clock.now() });
    const [oldest] = cache.keys();
    if (cache.size > maxCached && oldest !== undefined) cache.delete(oldest);
    return facts;
  }

  /** Never rejects; undefined when it takes too long, or is closed before. */
  function inTime<T>(answer: Promise<T | undefined>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const end = (value?: T) => {
        clearTimeout(timer);
        ends.delete(end);
        resolve(value);
      };
      const timer = setTimeout(end, patience);
      timer.unref();
      ends.add(end);
      answer.then(end, () => end());
    });
  }

  return {
    of: (peer) =>
      inTime(lookUp(peer).then((owner) => (source && owner?.pid != null ? factsOf(source, owner.pid) : undefined))),
    userOf: (peer) => inTime(lookUp(peer).then((owner) => owner?.user ?? undefined)),
    facts: (pid) => (source ? inTime(source.facts(pid)) : Promise.resolve(undefined)),
    close() {
      closing.abort();
      waiting.length = 0;
      for (const end of ends) end();
      cache.clear();
    },
  };
}

function sourceOf(platform: NodeJS.Platform): ProcessSource | undefined {
  if (platform === 'linux') return linux;
  if (platform === 'darwin') return macos;
  return platform === 'win32' ? windows : undefined;
}

/** The peer of a socket of ours; undefined once it is closed. */
export function peerOf(socket: {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localPort?: number | undefined;
}): Peer | undefined {
  const { remoteAddress: address, remotePort: port, localPort } = socket;
  return address === undefined || port === undefined || localPort === undefined
    ? undefined
    : { address, port, localPort };
}
