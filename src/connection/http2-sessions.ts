// The HTTP/2 sessions of one origin: as many as its limit on concurrent streams makes necessary.

import http2 from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

interface Live {
  readonly session: ClientHttp2Session;
  streams: number;
  /** When a stream last ended or began: a session that slept may be dead without knowing (a laptop did, too). */
  usedAt: number;
}

const streamWindow = 1024 * 1024;
const connectionWindow = 16 * 1024 * 1024;
/** RFC 9113 §6.5.2 recommends no limit under 100; until SETTINGS came that is what we assume. */
const assumedStreams = 100;
const staleMs = 20_000;
const pingMs = 5_000;
const settingsMs = 3_000;

/** One stream's claim on a session; `release` when the stream is over. */
export interface Lease {
  readonly session: ClientHttp2Session;
  release(): void;
}

export class Http2Sessions {
  readonly #live = new Set<Live>();

  /** A session with room for one more stream, or undefined: then dial. */
  free(): Lease | undefined {
    for (const live of this.#live) {
      const { session } = live;
      if (session.closed || session.destroyed) continue;
      const limit = Math.min(session.remoteSettings.maxConcurrentStreams ?? assumedStreams, 1_000_000);
      if (live.streams >= limit) continue;
      const now = performance.now();
      if (live.streams === 0 && now - live.usedAt > staleMs) this.#probe(session);
      live.streams += 1;
      live.usedAt = now;
      session.ref();
      return {
        session,
        release() {
          live.streams -= 1;
          live.usedAt = performance.now();
        },
      };
    }
    return undefined;
  }

  /** Requests go out meanwhile: a dead session fails them after the ping instead of after minutes of TCP. */
  #probe(session: ClientHttp2Session): void {
    const timer = setTimeout(() => session.destroy(), pingMs);
    timer.unref();
    if (!session.ping((error) => (error === null ? clearTimeout(timer) : undefined))) session.destroy();
  }

  /** `ask`: wait for the peer's SETTINGS, and say whether it speaks HTTP/2 at all. */
  start(socket: Socket, authority: string, ask: boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const session = http2.connect(authority, {
        createConnection: () => socket,
        settings: { enablePush: false, initialWindowSize: streamWindow },
      });
      const live: Live = { session, streams: 0, usedAt: performance.now() };
      const gone = () => {
        this.#live.delete(live);
        resolve(false);
      };
      session.on('error', () => session.destroy());
      session.on('close', gone);
      // RFC 9113 §6.8: streams under way go on, new ones need another connection.
      session.on('goaway', () => this.#live.delete(live));
      session.on('connect', () => session.setLocalWindowSize(connectionWindow));
      if (!ask) {
        this.#live.add(live);
        resolve(true);
        return;
      }
      const timer = setTimeout(() => session.destroy(), settingsMs);
      session.once('close', () => clearTimeout(timer));
      session.once('remoteSettings', () => {
        clearTimeout(timer);
        this.#live.add(live);
        resolve(true);
      });
    });
  }

  close(): void {
    for (const { session } of this.#live) session.destroy();
    this.#live.clear();
  }
}
