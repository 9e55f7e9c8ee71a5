// The text of one exchange while somebody looks at it: what the log has of it, then what comes.

import { asMasked, type MaskedText } from '../base/text.ts';
import type { TimedClock } from '../base/clock.ts';
import type { LivePiece, LiveText, LiveVerdict } from '../contract/procedures/live.ts';
import type { ExchangeRecord, RecordedFinding, RecordedPiece, RecordedVerdict } from '../contract/records.ts';
import { CoreError } from './core-error.ts';
import type { ExchangeReader, LiveTrack } from './live-exchange.ts';
import { Rhythm } from './live-rhythm.ts';

interface TextOptions {
  readonly exchange: string;
  /** Undefined: it has ended, or there is none. */
  readonly track: LiveTrack | undefined;
  readonly record: (exchange: string) => ExchangeRecord | undefined;
  readonly clock: TimedClock;
  readonly signal: AbortSignal | undefined;
}

/** UTF-16 units. */
const maxStart = 64 * 1024;
const maxFindings = 200;
const maxVerdicts = 20;
const maxAction = 4_000;

/** Throws at once where there is no such exchange: CoreError `not-found`. */
export function readText(options: TextOptions): AsyncGenerator<LiveText, void> {
  const { track } = options;
  return track === undefined ? ended(recordOf(options)) : following(options, track);
}

// eslint-disable-next-line @typescript-eslint/require-await -- of one event
async function* ended(record: ExchangeRecord): AsyncGenerator<LiveText, void> {
  yield startOf(record, true);
}

async function* following(options: TextOptions, track: LiveTrack): AsyncGenerator<LiveText, void> {
  const rhythm = new Rhythm(options.clock, options.signal);
  const news = new News(rhythm);
  // Both in one turn: nothing is told twice, and nothing is missed.
  const leave = track.read(news);
  try {
    const over = track.isOver;
    yield startOf(recordOf(options), over);
    if (over) return;
    while (await rhythm.next()) {
      const told = news.take();
      yield told;
      if (told.over) return;
    }
  } finally {
    leave();
  }
}

function recordOf({ record, exchange }: TextOptions): ExchangeRecord {
  const found = record(exchange);
  if (found === undefined)
    throw new CoreError('not-found', 'This exchange is no longer in the log; open another one from the list.');
  return found;
}

function startOf(record: ExchangeRecord, over: boolean): LiveText {
  let room = maxStart;
  let cut = false;
  const pieces: LivePiece[] = [];
  // The end of a text is what is running.
  for (const { channel, text } of record.channels.toReversed()) {
    if (text.length > room) cut = true;
    if (room > 0) pieces.unshift({ channel, text: text.length > room ? asMasked(text.slice(-room)) : text });
    room = Math.max(0, room - text.length);
  }
  return {
    kind: 'start',
    pieces,
    cut,
    findings: record.findings.slice(0, maxFindings),
    verdicts: record.verdicts.slice(0, maxVerdicts).map(shownVerdict),
    over,
  };
}

function shownVerdict({
  kind,
  tool,
  action,
  reasons,
  verdict,
  by,
  note,
  askedAt,
  answeredAt,
}: RecordedVerdict): LiveVerdict {
  return {
    ...{ kind, tool, reasons, verdict, by, note },
    action: action.length > maxAction ? asMasked(`${action.slice(0, maxAction)}…`) : action,
    ...(askedAt === undefined ? {} : { askedAt }),
    ...(answeredAt === undefined ? {} : { answeredAt }),
  };
}

/** What came since it was last taken. The log's bound of a body bounds the text. */
class News implements ExchangeReader {
  readonly #rhythm: Rhythm;
  #texts = new Map<MaskedText, string>();
  #findings: RecordedFinding[] = [];
  #verdicts: LiveVerdict[] = [];
  #isOver = false;

  constructor(rhythm: Rhythm) {
    this.#rhythm = rhythm;
  }

  pieces(pieces: readonly RecordedPiece[]): void {
    for (const { channel, text } of pieces) this.#texts.set(channel, (this.#texts.get(channel) ?? '') + text);
    this.#rhythm.changed();
  }

  findings(findings: readonly RecordedFinding[]): void {
    this.#findings.push(...findings.slice(0, maxFindings));
    this.#rhythm.changed();
  }

  verdict(verdict: RecordedVerdict): void {
    this.#verdicts.push(shownVerdict(verdict));
    this.#rhythm.changed();
  }

  over(): void {
    this.#isOver = true;
    this.#rhythm.changed();
  }

  take(): LiveText {
    const told: LiveText = {
      kind: 'more',
      pieces: [...this.#texts].map(([channel, text]) => ({ channel, text: asMasked(text) })),
      cut: false,
      findings: this.#findings,
      verdicts: this.#verdicts,
      over: this.#isOver,
    };
    this.#texts = new Map();
    this.#findings = [];
    this.#verdicts = [];
    return told;
  }
}
