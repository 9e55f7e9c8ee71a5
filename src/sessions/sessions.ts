// The session log: every exchange, masked, on this machine only. The public face of the folder; docs/log.md says what it promises.

import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type {
  ExchangeClosed,
  ExchangeOpened,
  RecordedFinding,
  RecordedGap,
  RecordedIdentity,
  RecordedPiece,
  RecordedRequest,
  RecordedReveal,
  RecordedVerdict,
} from '../contract/records.ts';
import type { AnchorKey } from './anchor.ts';
import { readChain } from './chain-reader.ts';
import { logFile, openForReading, openForWriting } from './database.ts';
import { asSessionsError, type SessionsError } from './errors.ts';
import { readerOf, type SessionReader } from './reader.ts';
import { Recorder } from './recorder.ts';
import { enter } from './enter.ts';
import { openRetention, type Retention } from './retention.ts';
import { keepWithinBounds } from './retention-timer.ts';
import { openStore } from './store.ts';
import { HEARTBEAT_MS, sayAlive } from './writers.ts';

/** Writes one Scrim process's exchanges. Nothing here throws but the readers; failures go to `onFailure` and `close`. */
export interface SessionLog extends SessionReader {
  open(exchange: ExchangeOpened): void;
  request(id: string, request: RecordedRequest, findings: readonly RecordedFinding[]): void;
  pieces(id: string, pieces: readonly RecordedPiece[]): void;
  findings(id: string, findings: readonly RecordedFinding[]): void;
  verdict(id: string, verdict: RecordedVerdict): void;
  /** The process behind an exchange. Does nothing when the exchange is over. */
  identity(id: string, identity: RecordedIdentity): void;
  /**
   * Resolves when all of the exchange is committed: the client's clean end waits for it, so kill -9 loses no finished
   * exchange. Rejects with SessionsError `cannot-record` when the store refused any part of it.
   */
  close(id: string, closed: ExchangeClosed): Promise<void>;
  /** A time of which the log knows nothing. That no Scrim ran, the log finds out by itself. */
  gap(gap: RecordedGap): void;
  /** @throws SessionsError `cannot-record`: then the original must not be shown */
  reveal(reveal: RecordedReveal): void;
  /** Commits all that waits, now. */
  flush(): void;
  /** Commits, marks what is still open as cut, and closes the file. The log cannot be used afterwards. */
  end(): void;
}

export interface SessionLogOptions {
  /** The log's own folder; it is made, and narrowed to the owner. */
  readonly folder: string;
  readonly clock: Clock;
  /** Called once per failed commit, and for misuse; the exchanges concerned reject at their `close`. */
  readonly onFailure: (error: SessionsError) => void;
  /** The store refuses to grow past this. No bound by default. */
  readonly maxBytes?: number;
  /** Signs the chain's anchors. */
  readonly anchorKey?: AnchorKey | undefined;
  /** Asked again each time, so that a policy that changes takes effect. Without it nothing is deleted. */
  readonly retention?: () => Retention;
}

const IDLE_BEATS = 10;

/** @throws SessionsError `cannot-open`, `damaged` or `newer-version` */
export function openSessionLog(options: SessionLogOptions): SessionLog {
  const { folder, clock, onFailure, maxBytes, retention } = options;
  const file = logFile(folder);
  const database = openForWriting(folder, maxBytes);
  const writer = entered(database, file, clock.now());
  const store = openStore(database, writer, () => clock.now(), options.anchorKey);
  const refusal = (cause: unknown): SessionsError =>
    asSessionsError(cause, file, 'cannot-record', 'Writing to the session log');
  const recorder = new Recorder({
    write: (drafts) => store.write(drafts),
    asError: refusal,
    onFailure,
  });
  let beats = 0;
  const heart = setInterval(() => {
    // Idle, it is only about how well a later start knows when this process ended.
    if (recorder.openExchanges > 0 || ++beats % IDLE_BEATS === 0) sayAlive(database, writer, clock.now());
  }, HEARTBEAT_MS).unref();
  const endRetention =
    retention === undefined
      ? undefined
      : keepWithinBounds(
          openRetention(database),
          retention,
          () => clock.now(),
          (error) =>
            onFailure(asSessionsError(error, file, 'cannot-record', 'Deleting old exchanges from the session log')),
        );
  const reader = readerOf(database, () => clock.now());
  /** Readers see what was told so far, not only what a timer has written. */
  const reading = <T>(read: () => T): T => {
    recorder.flush();
    return guarded(file, read);
  };

  return {
    open: (exchange) => recorder.open(exchange),
    request: (id, request, findings) => recorder.request(id, request, findings),
    pieces: (id, pieces) => recorder.pieces(id, pieces),
    findings: (id, findings) => recorder.findings(id, findings),
    verdict: (id, verdict) => recorder.verdict(id, verdict),
    identity: (id, identity) => recorder.identity(id, identity),
    close: (id, closed) => recorder.close(id, closed),
    sessions: (filter) => reading(() => reader.sessions(filter)),
    exchanges: (session, limit) => reading(() => reader.exchanges(session, limit)),
    exchange: (id) => reading(() => reader.exchange(id)),
    timeline: (id) => reading(() => reader.timeline(id)),
    threads: (session) => reading(() => reader.threads(session)),
    records: (after) => reading(() => reader.records(after)),
    gap(gap) {
      try {
        store.add({ kind: 'gap', ...gap });
      } catch (error) {
        onFailure(refusal(error));
      }
    },
    reveal(reveal) {
      try {
        store.add({ kind: 'reveal', ...reveal });
      } catch (error) {
        throw refusal(error);
      }
    },
    flush: () => recorder.flush(),
    end() {
      clearInterval(heart);
      endRetention?.();
      if (!database.isOpen) return;
      recorder.flush();
      try {
        store.end();
      } catch (error) {
        onFailure(asSessionsError(error, file, 'cannot-record', 'Closing the session log'));
      } finally {
        database.close();
      }
    },
  };
}

/** Reads the log in `folder` while another process may be writing it. Creates nothing; no log yet reads as an empty one. */
export function openSessionReader({ folder, clock }: { folder: string; clock: Clock }): SessionReader {
  const file = logFile(folder);
  /** A database for each call: the file may come, and its journal go, between two of them. */
  const reading = <T>(read: (reader: SessionReader) => T, none: T): T => {
    const database = openForReading(folder);
    if (database === undefined) return none;
    try {
      return guarded(file, () => read(readerOf(database, () => clock.now())));
    } finally {
      database.close();
    }
  };
  return {
    sessions: (filter) => reading((reader) => reader.sessions(filter), []),
    exchanges: (session, limit) => reading((reader) => reader.exchanges(session, limit), []),
    exchange: (id) => reading((reader) => reader.exchange(id), undefined),
    timeline: (id) => reading((reader) => reader.timeline(id), []),
    threads: (session) => reading((reader) => reader.threads(session), []),
    *records(after) {
      const database = openForReading(folder);
      if (database === undefined) return;
      try {
        yield* readChain(database, after ?? 0);
      } catch (error) {
        throw asSessionsError(error, file, 'cannot-read', 'Reading the session log');
      } finally {
        database.close();
      }
    },
  };
}

function entered(database: DatabaseSync, file: string, now: number): number {
  try {
    return guarded(file, () => enter(database, now));
  } catch (error) {
    database.close();
    throw error;
  }
}

function guarded<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw asSessionsError(error, file, 'cannot-read', 'Reading the session log');
  }
}
