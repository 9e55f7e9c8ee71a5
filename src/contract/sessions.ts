// Sessions and exchanges as the window shows them. Every text in it is masked, and has a bound.
// Longer than most files: one screen's words, in one place.

import type { MaskedText } from '../base/text.ts';
import type { BlockKind, RiskReason } from './questions.ts';
import type {
  ExchangeClosed,
  ExchangeState,
  RecordedHeader,
  RecordedIdentity,
  RecordedVerdict,
  TokenUsage,
} from './records.ts';

/** Times are milliseconds since the Unix epoch, unless it says otherwise. */
export interface SessionDay {
  /** Midnight of the day, where Scrim runs. */
  readonly start: number;
  /** Sessions whose last exchange was on this day. */
  readonly count: number;
}

export interface SessionDays {
  /** Newest first; days without sessions are left out. 4,000 at most. */
  readonly days: readonly SessionDay[];
  readonly total: number;
  /** Sessions that went on after this time are not among them. */
  readonly until: number;
}

export interface SessionRow {
  readonly id: string;
  readonly startedAt: number;
  readonly lastAt: number;
  readonly client: MaskedText;
  readonly program: MaskedText | null;
  /** The repository, else the folder. */
  readonly project: MaskedText | null;
  /** 20 at most of each. */
  readonly models: readonly MaskedText[];
  readonly hosts: readonly MaskedText[];
  readonly exchanges: number;
  readonly findings: number;
  readonly tokens: number;
  /** Outputs that a risk rule spoke about. */
  readonly holds: number;
  readonly open: number;
  readonly failed: number;
  readonly cut: number;
  /** Tokens, holds and states are of its newest 2,000 exchanges only. */
  readonly isPartial: boolean;
}

export interface FoundText {
  readonly where: MaskedText;
  readonly text: MaskedText;
  /** Start and end in UTF-16 units. */
  readonly marks: readonly (readonly [start: number, end: number])[];
}

export interface FoundExchange {
  readonly id: string;
  readonly session: string;
  readonly startedAt: number;
  readonly program: MaskedText | null;
  readonly client: MaskedText;
  readonly host: MaskedText;
  readonly model: MaskedText | null;
  readonly state: ExchangeState;
  readonly status: number | null;
  readonly verdicts: readonly RecordedVerdict['verdict'][];
  readonly rules: readonly string[];
  readonly snippet: FoundText | null;
}

export interface FoundPage {
  /** Newest first; 100 at most. */
  readonly hits: readonly FoundExchange[];
  /** For the page after it; null at the end. */
  readonly cursor: string | null;
  /** It took too long, and is not at its end. */
  readonly isLate: boolean;
  /** The query is none: where, and what to write instead. Nothing was searched. */
  readonly problem: string | null;
}

/** What can be written into a search, 200 values of a field at most, 120 characters each. */
export interface SearchWords {
  readonly fields: readonly { readonly name: string; readonly kind: 'text' | 'number' | 'time' }[];
  readonly values: Readonly<Record<string, readonly string[]>>;
}

/** The beginning of a text. `length`: of all of it, in UTF-16 units. */
export interface CutText {
  readonly text: MaskedText;
  readonly length: number;
}

export interface ShownFinding {
  readonly rule: string;
  readonly kind: string;
  readonly severity: string;
  readonly side: 'request' | 'response';
  readonly channel: MaskedText;
  readonly start: number;
  readonly fingerprint: string;
}

export interface ShownVerdict {
  readonly verdict: RecordedVerdict['verdict'];
  readonly by: RecordedVerdict['by'];
  readonly note: MaskedText | null;
  /** Milliseconds; null where nobody was asked. */
  readonly waited: number | null;
  readonly kind: BlockKind;
  readonly tool: MaskedText;
  readonly action: CutText;
  readonly reasons: readonly RiskReason[];
}

/** A stretch of a turn, in the order in which it is read. `ref` names it for `text`. */
export interface ShownBlock {
  readonly kind: 'text' | 'reasoning' | 'call' | 'result' | 'refusal' | 'held' | 'other';
  /** The tool of a call or result, the channel's name otherwise. */
  readonly name: MaskedText;
  /** The language its text is highlighted in; empty: plain text. */
  readonly language: string;
  readonly text: CutText;
  readonly ref: string;
  readonly findings: readonly ShownFinding[];
  readonly verdict: ShownVerdict | null;
}

export interface ShownTurn {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly blocks: readonly ShownBlock[];
}

export interface ShownExchange {
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly method: MaskedText;
  readonly scheme: string;
  readonly host: MaskedText;
  readonly port: number;
  readonly path: MaskedText;
  readonly via: 'proxy' | 'gateway';
  readonly httpVersion: string;
  readonly dialect: string;
  readonly client: MaskedText;
  readonly model: MaskedText | null;
  readonly state: ExchangeState;
  readonly status: number | null;
  readonly failure: ExchangeClosed['failure'];
  readonly reason: MaskedText | null;
  /** Milliseconds from its beginning to the response's first byte. */
  readonly firstByteAfter: number | null;
  readonly usage: TokenUsage | null;
  readonly requestBytes: number | null;
  /** The log holds its beginning only. */
  readonly requestIsCut: boolean;
  readonly hasBody: boolean;
  readonly responseBytes: number | null;
  readonly requestHeaders: readonly RecordedHeader[];
  readonly responseHeaders: readonly RecordedHeader[];
  readonly identity: RecordedIdentity | null;
  /** Turns of the request that stand in the exchanges before. */
  readonly knownTurns: number;
  /** What was new in the request, then the answer. 60 turns at most, the last. */
  readonly turns: readonly ShownTurn[];
  /** In the request: it was sent as the policy says, and is masked in the log. */
  readonly requestFindings: readonly ShownFinding[];
}

export interface ShownSession {
  readonly session: SessionRow;
  readonly exchanges: readonly ShownExchange[];
  /** Place of the first of them in the session, from 0; how many there are, of the newest 10,000. */
  readonly first: number;
  readonly total: number;
}

/** As `scrim sessions replay` tells it. `at`: milliseconds since the replay began; texts of requests are the last thing said. */
export type ReplayStep = { readonly at: number; readonly exchange: string } & (
  | {
      readonly event: 'begin';
      readonly startedAt: number;
      readonly host: MaskedText;
      readonly path: MaskedText;
      readonly client: MaskedText;
      readonly model: MaskedText | null;
      readonly request: CutText | null;
    }
  | { readonly event: 'delta'; readonly channel: MaskedText; readonly text: MaskedText }
  | {
      readonly event: 'hold';
      readonly tool: MaskedText;
      readonly action: CutText;
      readonly reasons: readonly RiskReason[];
    }
  | {
      readonly event: 'verdict';
      readonly tool: MaskedText;
      readonly action: CutText;
      readonly reasons: readonly RiskReason[];
      readonly verdict: RecordedVerdict['verdict'];
      readonly by: RecordedVerdict['by'];
      readonly note: MaskedText | null;
      readonly waited: number | null;
    }
  | { readonly event: 'end'; readonly status: number | null; readonly state: ExchangeState }
  | { readonly event: 'silence'; readonly lasted: number }
);

/** `isCut`: the rest was too much for a window; `scrim sessions replay` plays it. */
export interface ReplaySteps {
  readonly steps: readonly ReplayStep[];
  readonly isCut: boolean;
}

type Outcome = 'allow' | 'ask' | 'deny';

export type PolicyDifference =
  | {
      readonly change: 'mask';
      readonly side: 'request' | 'response';
      readonly channel: string;
      readonly rule: string;
      readonly severity: string;
      readonly count: number;
      readonly text: MaskedText;
    }
  | {
      readonly change: 'unmask';
      readonly side: 'request' | 'response';
      readonly rule: string;
      readonly count: number;
    }
  | {
      readonly change: 'verdict';
      readonly was: Outcome;
      readonly then: Outcome;
      readonly kind: BlockKind;
      readonly tool: MaskedText;
      readonly action: CutText;
      readonly reasons: readonly RiskReason[];
    }
  | { readonly change: 'request'; readonly then: 'refused' | 'sent'; readonly rules: readonly string[] };

export type WhatIfStep =
  | { readonly step: 'begun'; readonly of: number }
  /** 500 differences of an exchange at most. */
  | {
      readonly step: 'exchange';
      readonly done: number;
      readonly exchange: string;
      readonly startedAt: number;
      readonly mode: 'enforce' | 'observe';
      readonly changes: readonly PolicyDifference[];
    }
  /** `isCut`: the time for it was over; the exchanges after `done` were not looked at. */
  | { readonly step: 'end'; readonly done: number; readonly isCut: boolean };

export interface Damaged {
  readonly n: number;
  readonly exchange: string | null;
  readonly what: string;
}

export type VerifyStep =
  | { readonly step: 'progress'; readonly done: number; readonly of: number }
  | {
      readonly step: 'end';
      readonly at: number;
      readonly damage: Damaged | null;
      readonly records: number;
      readonly exchanges: number;
      readonly purged: number;
      readonly unproven: number;
      readonly signed: number;
      readonly head: string | null;
    };

/** `bytes`: base64. */
export type ExportPiece = { readonly text: string } | { readonly bytes: string };

export type ExportFormat = 'jsonl' | 'csv' | 'har' | 'ocsf' | 'cef' | 'md' | 'html' | 'pdf';
