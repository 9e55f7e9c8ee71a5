// What happens now: exchanges as they run, their text while somebody looks at one, and what Scrim itself has to say.

import { eventIterator, type } from '@orpc/contract';
import { z } from 'zod';
import type { MaskedText } from '../../base/text.ts';
import type { FailureCode } from '../failures.ts';
import type { RecordedFinding, RecordedVerdict, TokenUsage } from '../records.ts';
import { shows } from './procedure.ts';

/** `held`: something of it waits for a person. */
export type LiveState = 'running' | 'held' | 'done' | 'failed' | 'cut';

/** An exchange in the list. Texts are cut at 200 characters. Spans are milliseconds since `startedAt`. */
export interface LiveExchange {
  readonly id: string;
  readonly session: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  /** The client as it names itself, without its version. */
  readonly client: string;
  /** The process behind it, once that is known. */
  readonly program: string | null;
  /** Its repository, else the folder that it was started in. */
  readonly folder: string | null;
  readonly branch: string | null;
  readonly model: string | null;
  readonly state: LiveState;
  /** Nothing of it is masked or held: Scrim only observes. */
  readonly observed: boolean;
  /** UTF-16 units of the response's text so far. */
  readonly characters: number;
  /** When the first and the newest text came; null: none yet. */
  readonly firstTextAt: number | null;
  readonly lastTextAt: number | null;
  /** What the provider counted; comes with the end. */
  readonly usage: TokenUsage | null;
  /** Findings in the request and in the response. */
  readonly inRequest: number;
  readonly inResponse: number;
  readonly allowed: number;
  readonly denied: number;
  /** Would have been held or denied, did Scrim not only observe. */
  readonly would: number;
  /** The question that it waits for. */
  readonly question: string | null;
  /** Since when it waits. */
  readonly heldAt: number | null;
  /** How long it has waited for people so far, without the wait that goes on. */
  readonly heldFor: number;
  readonly endedAt: number | null;
  readonly status: number | null;
  readonly failure: FailureCode | null;
  readonly reason: string | null;
}

/** Something that Scrim says of itself. */
export interface LiveMessage {
  readonly n: number;
  /** Milliseconds since the Unix epoch; the last time, where it was said several times in a row. */
  readonly at: number;
  readonly tone: 'good' | 'plain' | 'bad';
  /** `policy`, `pause`, or the failure's code. */
  readonly code: string;
  /** A sentence of at most 500 characters. */
  readonly text: string;
  readonly times: number;
}

/**
 * `all`: everything there is, the first event of every stream: exchanges in the order they began, the open ones (2,000 at most)
 * and the last 500 that ended; the last 200 messages. `changed`: what is new or different since, at most ten times a second.
 */
export interface LiveEvent {
  readonly kind: 'all' | 'changed';
  readonly exchanges: readonly LiveExchange[];
  readonly messages: readonly LiveMessage[];
}

export interface LivePiece {
  readonly channel: MaskedText;
  readonly text: MaskedText;
}

export type LiveVerdict = Omit<RecordedVerdict, 'effects'>;

/**
 * `start`: all so far: the end of each channel's text (64 KiB altogether; `cut`: there was more), 200 findings, 20 verdicts, and
 * whether it is over. `more`: what came since, at most ten times a second. Nothing follows an event that is `over`.
 */
export interface LiveText {
  readonly kind: 'start' | 'more';
  readonly pieces: readonly LivePiece[];
  readonly cut: boolean;
  readonly findings: readonly RecordedFinding[];
  readonly verdicts: readonly LiveVerdict[];
  readonly over: boolean;
}

export const liveContract = {
  watch: shows.output(eventIterator(type<LiveEvent>())),
  /** Of one exchange, masked, as it streams. Ends with it; fails where there is no such exchange. */
  text: shows.input(z.strictObject({ exchange: z.string().max(100) })).output(eventIterator(type<LiveText>())),
};
