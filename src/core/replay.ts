// A recorded exchange or session as events in time, and their playing. What a replay shows is what the log holds: the
// masked stream that the client got.

import { asMasked, type MaskedText } from '../base/text.ts';
import type { ExchangeClosed, ExchangeRecord, RecordedPiece, RecordedVerdict } from '../contract/records.ts';
import type { SessionReader } from '../sessions/reader.ts';

/** `at`: milliseconds since the replay began, at the original speed, long silences between exchanges shortened. */
export type ReplayEvent = { readonly at: number; readonly exchange: string } & (
  | ({ readonly event: 'begin'; readonly request: MaskedText | null } & Pick<
      ExchangeRecord,
      'session' | 'startedAt' | 'method' | 'scheme' | 'host' | 'port' | 'path' | 'dialect' | 'client'
    > & { readonly model: MaskedText | null })
  | { readonly event: 'delta'; readonly channel: MaskedText; readonly text: MaskedText }
  /** From here the client waited for a person. */
  | ({ readonly event: 'hold' } & Held)
  /** `waited`: milliseconds, null where nobody was asked. */
  | ({ readonly event: 'verdict'; readonly waited: number | null } & Held &
      Pick<RecordedVerdict, 'verdict' | 'by' | 'note'>)
  | ({ readonly event: 'end'; readonly findings: number; readonly state: ExchangeRecord['state'] } & Pick<
      ExchangeClosed,
      'status' | 'failure' | 'reason' | 'usage'
    >)
  /** Nothing happened for so long: milliseconds, at the original speed. */
  | { readonly event: 'silence'; readonly lasted: number }
);

type Held = Pick<RecordedVerdict, 'kind' | 'tool' | 'action' | 'reasons'>;

/** Silence between exchanges is never longer than this in a replay. Milliseconds. */
const longestSilence = 2_000;

/** Exchanges that run beside each other are replayed beside each other. */
export function* replayOf(
  exchanges: readonly ExchangeRecord[],
  timelineOf: SessionReader['timeline'],
): Generator<ReplayEvent> {
  const waiting = [...exchanges].sort((a, b) => a.startedAt - b.startedAt);
  const active: { readonly events: readonly ReplayEvent[]; next: number }[] = [];
  /** Wall-clock time that the replay has skipped so far, and how far it has come. */
  let skipped = waiting[0]?.startedAt ?? 0;
  let reached = skipped;
  for (;;) {
    const first = active.reduce<(typeof active)[number] | undefined>(
      (best, each) => (best === undefined || timeOf(each) < timeOf(best) ? each : best),
      undefined,
    );
    const following = waiting[0];
    if (following !== undefined && (first === undefined || following.startedAt <= timeOf(first))) {
      const silence = following.startedAt - reached;
      if (first === undefined && silence > longestSilence) {
        yield { event: 'silence', at: tenths(reached - skipped), exchange: following.id, lasted: silence };
        skipped += silence - longestSilence;
      }
      active.push({ events: eventsOf(following, timelineOf(following.id)), next: 0 });
      waiting.shift();
      continue;
    }
    const event = first?.events[first.next];
    if (first === undefined || event === undefined) return;
    reached = Math.max(reached, event.at);
    yield { ...event, at: tenths(Math.max(0, event.at - skipped)) };
    first.next++;
    if (first.next === first.events.length) active.splice(active.indexOf(first), 1);
  }
}

function timeOf({ events, next }: { readonly events: readonly ReplayEvent[]; readonly next: number }): number {
  return events[next]?.at ?? Infinity;
}

/** Of one exchange, in order; here `at` is wall-clock time. */
function eventsOf(record: ExchangeRecord, timeline: readonly RecordedPiece[]): ReplayEvent[] {
  const { id: exchange, startedAt, closed, request, state, findings } = record;
  const { session, method, scheme, host, port, path, dialect, client } = record;
  const events: ReplayEvent[] = timeline.map(({ at, channel, text }) => ({
    ...{ event: 'delta', at: startedAt + at, exchange, channel, text },
  }));
  const last = events.reduce((latest, { at }) => Math.max(latest, at), startedAt);
  const end = Math.max(closed?.endedAt ?? last, last);
  const refused = timeline.filter(({ channel }) => channel === 'refusal').map(({ at }) => startedAt + at);
  for (const verdict of record.verdicts) {
    const at = verdict.verdict === 'denied' ? refused.shift() : undefined;
    const [given, ...hold] = verdictEvents(record, verdict, at ?? end);
    // In one moment: first what was decided, then what left, then what had to wait.
    events.unshift(given);
    events.push(...hold);
  }
  events.sort((a, b) => a.at - b.at);
  const { status = null, failure = null, reason = null, usage = null } = closed ?? {};
  return [
    {
      ...{ event: 'begin', at: startedAt, exchange, session, startedAt, method, scheme, host, port, path, dialect },
      ...{ client, model: request?.model ?? null, request: request?.body ?? null },
    },
    ...events,
    { event: 'end', at: end, exchange, state, status, failure, reason, usage, findings: findings.length },
  ];
}

/** The verdict and, where the client waited for it, the hold before it. `otherwise`: when it is taken to have come. */
function verdictEvents(
  { id: exchange, startedAt }: ExchangeRecord,
  verdict: RecordedVerdict,
  otherwise: number,
): [ReplayEvent, ...ReplayEvent[]] {
  const { kind, tool, action, reasons, by, note, askedAt, answeredAt } = verdict;
  const held: Held = { kind, tool, action, reasons };
  const until = answeredAt === undefined ? otherwise : startedAt + answeredAt;
  const waited = askedAt === undefined ? null : tenths(until - startedAt - askedAt);
  const given: ReplayEvent = {
    event: 'verdict',
    at: until,
    exchange,
    waited,
    ...held,
    verdict: verdict.verdict,
    by,
    note,
  };
  if (askedAt === undefined || waited === 0) return [given];
  return [given, { event: 'hold', at: startedAt + askedAt, exchange, ...held }];
}

/** Differences of times in milliseconds are exact to a tenth; the rest is noise of the arithmetic. */
function tenths(time: number): number {
  return Math.round(time * 10) / 10;
}

export interface ReplayTimer {
  /** Milliseconds from any origin, never going back. */
  now(): number;
  /** Resolves after so many milliseconds, or at once when the signal fires. */
  sleep(delay: number, signal: AbortSignal): Promise<void>;
}

export interface PlayOptions {
  /** 1 as it came, 2 twice as fast, 0 at once. */
  readonly speed: number;
  /** No wait is longer; milliseconds as they are waited. */
  readonly longestPause: number;
  readonly timer: ReplayTimer;
  readonly signal: AbortSignal;
}

/** Shows each event at its time, counted from the start, so that waits that are a little long do not add up. */
export async function play(
  events: Iterable<ReplayEvent>,
  show: (event: ReplayEvent) => void,
  { speed, longestPause, timer, signal }: PlayOptions,
): Promise<void> {
  const origin = timer.now();
  let before = 0;
  let due = 0;
  for (const event of events) {
    if (speed > 0) due += Math.min(Math.max(0, event.at - before) / speed, longestPause);
    before = event.at;
    const wait = origin + due - timer.now();
    if (wait > 0) await timer.sleep(wait, signal);
    if (signal.aborted) return;
    show(event);
  }
}

/** What the person or the tool said last in a request: the rest of it has been seen in the exchanges before. */
export function lastSaid(request: MaskedText): MaskedText {
  let body: unknown;
  try {
    body = JSON.parse(request);
  } catch {
    return request;
  }
  for (const name of ['messages', 'input', 'contents', 'prompt']) {
    const said = (body as Record<string, unknown> | null)?.[name];
    if (said === undefined) continue;
    // SECURITY: a part of a masked text is masked.
    return asMasked(textIn(Array.isArray(said) ? said.at(-1) : said));
  }
  return request;
}

function textIn(said: unknown): string {
  if (typeof said === 'string') return said;
  if (Array.isArray(said)) return said.map(textIn).join('\n');
  if (typeof said !== 'object' || said === null) return '';
  const { text, content, parts } = said as Record<string, unknown>;
  const inner = text ?? content ?? parts;
  return typeof inner === 'string' || Array.isArray(inner) ? textIn(inner) : JSON.stringify(said);
}
