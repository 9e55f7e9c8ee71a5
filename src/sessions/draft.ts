// An exchange as the queue holds it: what is known of it and not yet on disk.

import type {
  ExchangeClosed,
  ExchangeOpened,
  RecordedFinding,
  RecordedIdentity,
  RecordedPiece,
  RecordedRequest,
  RecordedVerdict,
} from '../contract/records.ts';

export interface Draft {
  readonly opened: ExchangeOpened;
  request: RecordedRequest | null;
  /** New, and not on disk yet. */
  identity: RecordedIdentity | null;
  pieces: RecordedPiece[];
  findings: RecordedFinding[];
  verdicts: RecordedVerdict[];
  closed: ExchangeClosed | null;
  /** Row number once the row is committed, 0 before. */
  seq: number;
  /** What of it stands in the committed row. */
  requestIsWritten: boolean;
  findingsWritten: number;
  verdictsWritten: number;
  /** Waits in the queue. */
  isQueued: boolean;
  /** A part of it could not be recorded, so that its end must not be reported as recorded either. */
  lost: Error | null;
}

export function newDraft(opened: ExchangeOpened): Draft {
  return {
    opened,
    request: null,
    identity: null,
    pieces: [],
    findings: [],
    verdicts: [],
    closed: null,
    seq: 0,
    requestIsWritten: false,
    findingsWritten: 0,
    verdictsWritten: 0,
    isQueued: false,
    lost: null,
  };
}

/** Roughly how many characters of memory the parts hold. */
export function sizeOfRequest(request: RecordedRequest): number {
  return 200 + (request.body?.length ?? 0);
}

export function sizeOfPieces(pieces: readonly RecordedPiece[]): number {
  let size = 0;
  for (const piece of pieces) size += 100 + piece.text.length;
  return size;
}
