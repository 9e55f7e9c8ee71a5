import { expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import type { LiveEvent, LiveExchange } from '../../src/contract/procedures/live.ts';
import type { ExchangeRecord } from '../../src/contract/records.ts';
import { systemClock as clock } from '../../src/core/home.ts';
import { createLive, type Live } from '../../src/core/live.ts';
import { closedRecord, findingRecord, identityRecord, openedRecord, verdictRecord } from '../sessions/records.ts';

const nothing = () => undefined;

test('a window sees an exchange begin, stream, wait for a person and end', async () => {
  const live = createLive({ clock, record: nothing });
  using window = watching(live);
  expect(await window.next()).toEqual({ kind: 'all', exchanges: [], messages: [] });

  const track = live.begin(openedRecord({ id: 'x1', startedAt: 1_000, client: asMasked('claude-cli/2.1 (x)') }), false);
  track.identity(identityRecord());
  track.request(asMasked('claude-opus-5'), 2);
  expect(await window.row('x1')).toMatchObject({
    client: 'claude-cli',
    program: 'claude',
    folder: '/home/ada/tea',
    branch: 'main',
    model: 'claude-opus-5',
    state: 'running',
    inRequest: 2,
    firstTextAt: null,
  });

  track.pieces([piece(40, 'The key is '), piece(90, 'here.')]);
  track.findings([findingRecord()]);
  track.held('q-1', 100);
  expect(await window.row('x1')).toMatchObject({
    state: 'held',
    question: 'q-1',
    heldAt: 100,
    characters: 16,
    firstTextAt: 40,
    lastTextAt: 90,
    inResponse: 1,
  });

  track.released(600);
  track.verdict(verdictRecord());
  track.finished(closedRecord({ usage: { input: 11, output: 22 } }), 900);
  expect(await window.row('x1')).toMatchObject({
    state: 'done',
    question: null,
    heldFor: 500,
    denied: 1,
    endedAt: 1_900,
    usage: { input: 11, output: 22 },
  });
});

test('a window opened later finds what runs and what has ended, in the order of beginning', async () => {
  const live = createLive({ clock, record: nothing });
  const first = live.begin(openedRecord({ id: 'x1', startedAt: 1 }), false);
  live.begin(openedRecord({ id: 'x2', startedAt: 2 }), true);
  first.finished(closedRecord({ state: 'failed', failure: 'upstream-lost', reason: asMasked('Nobody answers.') }), 5);
  using window = watching(live);
  const { exchanges } = await window.next();
  expect(exchanges).toMatchObject([
    { id: 'x1', state: 'failed', failure: 'upstream-lost', reason: 'Nobody answers.' },
    { id: 'x2', state: 'running', observed: true },
  ]);
});

test('only the last that ended are kept, and all that run', async () => {
  const live = createLive({ clock, record: nothing, kept: 3 });
  live.begin(openedRecord({ id: 'open', startedAt: 0 }), false);
  for (let i = 1; i <= 10; i++)
    live.begin(openedRecord({ id: `x${i}`, startedAt: i }), false).finished(closedRecord(), 1);
  using window = watching(live);
  expect((await window.next()).exchanges.map(({ id }) => id)).toEqual(['open', 'x8', 'x9', 'x10']);
});

test('a thousand changes are told in one event', async () => {
  const live = createLive({ clock, record: nothing });
  const track = live.begin(openedRecord(), false);
  using window = watching(live);
  await window.next();
  for (let i = 1; i <= 1_000; i++) track.pieces([piece(i, 'ab')]);
  const { exchanges } = await window.next();
  expect(exchanges).toMatchObject([{ characters: 2_000, lastTextAt: 1_000 }]);
});

test('a long path is cut, and a window that was closed is not told any more', async () => {
  const live = createLive({ clock, record: nothing });
  live.begin(openedRecord({ path: asMasked(`/${'a'.repeat(5_000)}`) }), false);
  const window = watching(live);
  expect((await window.next()).exchanges[0]?.path).toHaveLength(200);
  const rest = window.rest();
  window[Symbol.dispose]();
  expect(await rest).toEqual([]);
});

test('the text of an exchange: what the log has, then what comes, until its end', async () => {
  const record: ExchangeRecord = {
    ...openedRecord(),
    state: 'open',
    request: null,
    closed: null,
    identity: null,
    channels: [{ channel: asMasked('text 0'), text: asMasked('So far'), offsets: [0], times: [1] }],
    findings: [findingRecord()],
    verdicts: [],
  };
  const live = createLive({ clock, record: () => record });
  const track = live.begin(record, false);
  const text = live.text(record.id, undefined);
  expect((await text.next()).value).toMatchObject({
    kind: 'start',
    pieces: [{ channel: 'text 0', text: 'So far' }],
    findings: [{ rule: 'aws-access-key-id' }],
    over: false,
  });
  track.pieces([piece(2, ' and')]);
  track.pieces([piece(3, ' on')]);
  track.verdict(verdictRecord());
  expect((await text.next()).value).toMatchObject({
    kind: 'more',
    pieces: [{ channel: 'text 0', text: ' and on' }],
    verdicts: [{ verdict: 'denied', action: 'git push --force' }],
  });
  track.finished(closedRecord(), 9);
  expect((await text.next()).value).toMatchObject({ pieces: [], over: true });
  expect((await text.next()).done).toBe(true);
});

test('of a long text the end is shown, and said to be cut', async () => {
  const long = 'x'.repeat(100_000) + 'the end';
  const channels = [{ channel: asMasked('text 0'), text: asMasked(long), offsets: [0], times: [1] }];
  const record = { ...openedRecord(), channels, findings: [], verdicts: [] } as unknown as ExchangeRecord;
  const { value } = await createLive({ clock, record: () => record })
    .text('x1', undefined)
    .next();
  expect(value).toMatchObject({ cut: true, over: true });
  expect(value?.pieces[0]?.text).toHaveLength(65_536);
  expect(value?.pieces[0]?.text.endsWith('the end')).toBe(true);
});

test('an exchange that is not in the log is refused with a sentence', () => {
  expect(() => createLive({ clock, record: nothing }).text('x-none', undefined)).toThrow(/no longer in the log/);
});

test('what Scrim says of itself: as sentences, and what is said again is counted', async () => {
  const live = createLive({ clock, record: nothing });
  live.tell({ event: 'failure', code: 'export', message: 'The receiver does not answer.' });
  live.tell({ event: 'failure', code: 'export', message: 'The receiver does not answer.' });
  live.tell({
    event: 'policy',
    ok: false,
    problems: [{ line: 3, column: 1, message: 'Unknown key "mod".' }],
    certificateChanged: false,
  });
  live.tell({
    event: 'finding',
    exchange: 'x',
    side: 'request',
    rule: 'r',
    kind: 'k',
    severity: 's',
    channel: 'c',
    fingerprint: 'f',
  });
  using window = watching(live);
  expect((await window.next()).messages).toMatchObject([
    { code: 'export', text: 'The receiver does not answer.', times: 2, tone: 'bad' },
    { code: 'policy', text: expect.stringContaining('Line 3: Unknown key "mod".') as string, times: 1 },
  ]);
  live.tell({ event: 'pause', until: clock.now() + 300_000 });
  expect((await window.next()).messages).toMatchObject([{ text: 'Scrim only observes for 5 minutes.' }]);
});

function piece(at: number, text: string) {
  return { at, channel: asMasked('text 0'), text: asMasked(text) };
}

function watching(live: Live) {
  const closed = new AbortController();
  const events = live.watch(closed.signal);
  const next = async (): Promise<LiveEvent> => {
    const { value } = await events.next();
    if (value === undefined) throw new Error('The stream has ended.');
    return value;
  };
  return {
    next,
    /** Its newest row, once there is news of it. */
    async row(id: string): Promise<LiveExchange | undefined> {
      return (await next()).exchanges.findLast((each) => each.id === id);
    },
    async rest(): Promise<LiveEvent[]> {
      const all: LiveEvent[] = [];
      for await (const event of events) all.push(event);
      return all;
    },
    [Symbol.dispose]: () => closed.abort(),
  };
}
