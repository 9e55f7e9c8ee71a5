// The queue before the store. A commit costs as much as several exchanges, so all that finish in one turn of the event
// loop share one; what is unfinished is written a little later, so that a crash leaves what happened so far.

import type {
  ExchangeClosed,
  ExchangeOpened,
  RecordedFinding,
  RecordedIdentity,
  RecordedPiece,
  RecordedRequest,
  RecordedVerdict,
} from '../contract/records.ts';
import { newDraft, sizeOfPieces, sizeOfRequest, type Draft } from './draft.ts';
import { isAboutTheData, SessionsError } from './errors.ts';

/** Unfinished exchanges are on disk after at most this long. */
const LAZY_MS = 100;
/** With so many exchanges open, commits come at most once in so many milliseconds: far less than such a crowd waits anyway. */
const BUSY = [
  { exchanges: 32, pause: 2 },
  { exchanges: 8, pause: 1 },
] as const;

/** Characters waiting; past this the caller pays for a commit at once. Bounds memory: nothing is ever dropped for it. */
const QUEUE_BOUND = 8 * 1024 * 1024;

export interface RecorderOptions {
  /** Writes and commits, or throws and changes nothing. */
  write(drafts: readonly Draft[]): void;
  asError(cause: unknown): SessionsError;
  onFailure(error: SessionsError): void;
}

export class Recorder {
  readonly #options: RecorderOptions;
  /** In cells that are emptied at the end: a Map's outgrown tables must not keep whole drafts. */
  readonly #drafts = new Map<string, { draft: Draft | undefined }>();
  #queue: Draft[] = [];
  #size = 0;
  #lazy: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #busy: NodeJS.Timeout | undefined;
  #flushedAt = 0;
  #batch: PromiseWithResolvers<undefined> | undefined;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Exchanges that are open now. */
  get openExchanges(): number {
    return this.#drafts.size;
  }

  open(exchange: ExchangeOpened): void {
    if (this.#drafts.has(exchange.id)) {
      this.#options.onFailure(
        new SessionsError('cannot-record', `Exchange ${exchange.id} is open already: give each exchange its own id.`),
      );
      return;
    }
    const draft = newDraft(exchange);
    this.#drafts.set(exchange.id, { draft });
    this.#enqueue(draft, 1_000);
  }

  request(id: string, request: RecordedRequest, findings: readonly RecordedFinding[]): void {
    const draft = this.#draft(id);
    if (draft === undefined) return;
    draft.request = request;
    for (const finding of findings) draft.findings.push(finding);
    this.#enqueue(draft, sizeOfRequest(request) + 300 * findings.length);
  }

  pieces(id: string, pieces: readonly RecordedPiece[]): void {
    const draft = this.#draft(id);
    if (draft === undefined) return;
    for (const piece of pieces) draft.pieces.push(piece);
    this.#enqueue(draft, sizeOfPieces(pieces));
  }

  findings(id: string, findings: readonly RecordedFinding[]): void {
    const draft = this.#draft(id);
    if (draft === undefined) return;
    for (const finding of findings) draft.findings.push(finding);
    this.#enqueue(draft, 300 * findings.length);
  }

  verdict(id: string, verdict: RecordedVerdict): void {
    const draft = this.#draft(id);
    if (draft === undefined) return;
    draft.verdicts.push(verdict);
    this.#enqueue(draft, 500 + verdict.action.length);
  }

  identity(id: string, identity: RecordedIdentity): void {
    // The look-up may end after the exchange did; then there is nobody to say it of.
    if (!this.#drafts.has(id)) return;
    const draft = this.#draft(id);
    if (draft === undefined) return;
    draft.identity = identity;
    this.#enqueue(draft, 500);
  }

  close(id: string, closed: ExchangeClosed): Promise<void> {
    const cell = this.#drafts.get(id);
    const draft = cell?.draft;
    if (cell === undefined || draft === undefined) return Promise.reject(unknownExchange(id));
    cell.draft = undefined;
    this.#drafts.delete(id);
    if (draft.lost !== null) {
      // Its row may be on disk, open: the disk may have room by now to say that it is not whole.
      draft.closed = { ...closed, state: 'cut', failure: 'cannot-record' };
      if (draft.seq !== 0) this.#enqueue(draft, 0);
      return Promise.reject(draft.lost);
    }
    draft.closed = closed;
    const batch = (this.#batch ??= Promise.withResolvers<undefined>());
    this.#enqueue(draft, 0);
    // `#enqueue` may have committed, or failed, at once.
    if (this.#batch === batch) this.#flushSoon();
    return batch.promise.then(() => {
      if (draft.lost !== null) throw draft.lost;
    });
  }

  /** Writes and commits all that waits, now. Does not throw: failures go to `onFailure` and to the `close` they concern. */
  flush(): void {
    clearTimeout(this.#lazy);
    clearImmediate(this.#soon);
    clearTimeout(this.#busy);
    this.#lazy = this.#soon = this.#busy = undefined;
    const drafts = this.#queue;
    const batch = this.#batch;
    this.#queue = [];
    this.#size = 0;
    this.#batch = undefined;
    for (const draft of drafts) draft.isQueued = false;
    if (drafts.length > 0) {
      this.#write(drafts);
      this.#flushedAt = performance.now();
    }
    batch?.resolve(undefined);
  }

  /** At the end of this turn; with many exchanges under way a little later, since one commit for several costs as much as for one. */
  #flushSoon(): void {
    if (this.#soon !== undefined || this.#busy !== undefined) return;
    const pause = BUSY.find((row) => this.#drafts.size >= row.exchanges)?.pause ?? 0;
    if (pause === 0 || performance.now() - this.#flushedAt > pause) this.#soon = setImmediate(() => this.flush());
    else this.#busy = setTimeout(() => this.flush(), pause);
  }

  #write(drafts: readonly Draft[]): void {
    try {
      this.#options.write(drafts);
    } catch (error) {
      // One exchange that SQLite refuses must not take the others of its turn with it.
      if (drafts.length > 1 && isAboutTheData(error)) {
        for (const draft of drafts) this.#write([draft]);
        return;
      }
      const failure = this.#options.asError(error);
      for (const draft of drafts) {
        draft.lost = failure;
        draft.pieces = [];
        draft.findings = [];
        draft.verdicts = [];
      }
      this.#options.onFailure(failure);
    }
  }

  #draft(id: string): Draft | undefined {
    const draft = this.#drafts.get(id)?.draft;
    if (draft === undefined) this.#options.onFailure(unknownExchange(id));
    // What comes after a loss is not recorded: `close` will say that the exchange is incomplete.
    return draft?.lost === null ? draft : undefined;
  }

  #enqueue(draft: Draft, size: number): void {
    if (!draft.isQueued) {
      draft.isQueued = true;
      this.#queue.push(draft);
    }
    this.#size += size;
    if (this.#size > QUEUE_BOUND) this.flush();
    else this.#lazy ??= setTimeout(() => this.flush(), LAZY_MS).unref();
  }
}

function unknownExchange(id: string): SessionsError {
  return new SessionsError(
    'unknown-exchange',
    `Exchange ${id} is not open: call open() first and nothing after close().`,
  );
}
