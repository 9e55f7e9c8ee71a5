// One exchange as the window's list shows it. Told while the exchange runs, so nothing here may cost: no text is kept, and with
// no window open nothing is allocated.

import type { MaskedText } from '../base/text.ts';
import type { LiveExchange, LiveState } from '../contract/procedures/live.ts';
import type {
  ExchangeClosed,
  ExchangeOpened,
  RecordedFinding,
  RecordedIdentity,
  RecordedPiece,
  RecordedVerdict,
  TokenUsage,
} from '../contract/records.ts';
import type { FailureCode } from '../contract/failures.ts';
import { programOf } from './client-process.ts';

/** Somebody looks at this exchange. */
export interface ExchangeReader {
  pieces(pieces: readonly RecordedPiece[]): void;
  findings(findings: readonly RecordedFinding[]): void;
  verdict(verdict: RecordedVerdict): void;
  over(): void;
}

const maxText = 200;

export class LiveTrack {
  readonly id: string;
  readonly #opened: ExchangeOpened;
  readonly #observed: boolean;
  /** Called on each change. */
  readonly #changed: (track: LiveTrack) => void;
  #identity: RecordedIdentity | undefined;
  #model: MaskedText | null = null;
  #characters = 0;
  #firstTextAt = -1;
  #lastTextAt = -1;
  #inRequest = 0;
  #inResponse = 0;
  #allowed = 0;
  #denied = 0;
  #would = 0;
  #question: string | null = null;
  #heldAt = 0;
  #heldFor = 0;
  #usage: TokenUsage | null = null;
  #state: Exclude<LiveState, 'held'> = 'running';
  #endedAt: number | null = null;
  #status: number | null = null;
  #failure: FailureCode | null = null;
  #reason: MaskedText | null = null;
  #readers: ExchangeReader[] | undefined;

  constructor(opened: ExchangeOpened, observed: boolean, changed: (track: LiveTrack) => void) {
    this.id = opened.id;
    this.#opened = opened;
    this.#observed = observed;
    this.#changed = changed;
  }

  get isOver(): boolean {
    return this.#endedAt !== null;
  }

  identity(identity: RecordedIdentity): void {
    this.#identity = identity;
    this.#changed(this);
  }

  request(model: MaskedText | null, findings: number): void {
    this.#model = model;
    this.#inRequest += findings;
    this.#changed(this);
  }

  pieces(pieces: readonly RecordedPiece[]): void {
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i];
      if (piece === undefined) continue;
      this.#characters += piece.text.length;
      if (this.#firstTextAt < 0) this.#firstTextAt = piece.at;
      this.#lastTextAt = piece.at;
    }
    if (this.#readers !== undefined) for (const reader of this.#readers) reader.pieces(pieces);
    this.#changed(this);
  }

  findings(findings: readonly RecordedFinding[]): void {
    this.#inResponse += findings.length;
    if (this.#readers !== undefined) for (const reader of this.#readers) reader.findings(findings);
    this.#changed(this);
  }

  verdict(verdict: RecordedVerdict): void {
    if (verdict.verdict === 'allowed') this.#allowed++;
    else if (verdict.verdict === 'denied') this.#denied++;
    else if (verdict.verdict !== 'lost') this.#would++;
    if (this.#readers !== undefined) for (const reader of this.#readers) reader.verdict(verdict);
    this.#changed(this);
  }

  /** `after`: milliseconds since it began. */
  held(question: string, after: number): void {
    this.#question = question;
    this.#heldAt = after;
    this.#changed(this);
  }

  released(after: number): void {
    if (this.#question === null) return;
    this.#question = null;
    this.#heldFor += after - this.#heldAt;
    this.#changed(this);
  }

  finished(closed: Omit<ExchangeClosed, 'endedAt'>, after: number): void {
    this.released(after);
    this.#endedAt = this.#opened.startedAt + after;
    this.#state = closed.state;
    this.#status = closed.status;
    this.#failure = closed.failure;
    this.#reason = closed.reason;
    this.#usage = closed.usage;
    if (this.#readers !== undefined) for (const reader of this.#readers) reader.over();
    this.#changed(this);
  }

  /** @returns what ends it */
  read(reader: ExchangeReader): () => void {
    (this.#readers ??= []).push(reader);
    return () => {
      const rest = this.#readers?.filter((each) => each !== reader) ?? [];
      this.#readers = rest.length === 0 ? undefined : rest;
    };
  }

  row(): LiveExchange {
    const { id, session, startedAt, method, host, path, client } = this.#opened;
    const known = this.#identity;
    return {
      id,
      session,
      startedAt,
      method: short(method),
      host: short(host),
      path: short(path),
      client: short(programOf(client)),
      program: shortOrNull(known?.program),
      folder: shortOrNull(known?.git?.root ?? known?.folder),
      branch: shortOrNull(known?.git?.branch),
      model: shortOrNull(this.#model),
      state: this.#question === null ? this.#state : 'held',
      observed: this.#observed,
      characters: this.#characters,
      firstTextAt: this.#firstTextAt < 0 ? null : this.#firstTextAt,
      lastTextAt: this.#lastTextAt < 0 ? null : this.#lastTextAt,
      usage: this.#usage,
      inRequest: this.#inRequest,
      inResponse: this.#inResponse,
      allowed: this.#allowed,
      denied: this.#denied,
      would: this.#would,
      question: this.#question,
      heldAt: this.#question === null ? null : this.#heldAt,
      heldFor: this.#heldFor,
      endedAt: this.#endedAt,
      status: this.#status,
      failure: this.#failure,
      reason: shortOrNull(this.#reason),
    };
  }
}

function short(text: string): string {
  return text.length > maxText ? `${text.slice(0, maxText - 1)}…` : text;
}

function shortOrNull(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : short(text);
}
