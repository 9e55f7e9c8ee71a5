// A replay tells what the log holds, in its order and at its times.

import fc from 'fast-check';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import type { ExchangeRecord, RecordedPiece, RecordedVerdict } from '../../src/contract/records.ts';
import { lastSaid, play, replayOf, type ReplayEvent } from '../../src/core/replay.ts';
import { createReplayWriter, type ReplayPaint } from '../../src/core/replay-text.ts';
import { chatCall } from '../support/dangerous.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { collect, jsonLines, startCore, startScrimCommand, type Scrim } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

type Piece = readonly [at: number, channel: string, text: string];

const start = 1_800_000_000_000;

function recordOf(id: string, startedAt: number, pieces: readonly Piece[], more: Partial<ExchangeRecord> = {}) {
  const timeline = pieces.map(([at, channel, text]): RecordedPiece => ({
    ...{ at, channel: asMasked(channel), text: asMasked(text) },
  }));
  const lasted = Math.max(0, ...pieces.map(([at]) => at)) + 10;
  const record: ExchangeRecord = {
    id,
    session: 's-1',
    startedAt,
    via: 'proxy',
    method: asMasked('POST'),
    scheme: 'https',
    host: asMasked('api.example.com'),
    port: 443,
    path: asMasked('/v1/chat/completions'),
    httpVersion: '1.1',
    dialect: 'openai-chat',
    client: asMasked('test'),
    state: 'done',
    request: null,
    closed: {
      state: 'done',
      endedAt: startedAt + lasted,
      status: 200,
      headAfter: 1,
      firstByteAfter: 2,
      responseBytes: 10,
      usage: null,
      failure: null,
      reason: null,
    },
    identity: null,
    channels: [],
    findings: [],
    verdicts: [],
    ...more,
  };
  return { record, timeline };
}

type Made = ReturnType<typeof recordOf>;

const replayed = (...made: readonly Made[]): ReplayEvent[] => [
  ...replayOf(
    made.map(({ record }) => record),
    (id) => made.find(({ record }) => record.id === id)?.timeline ?? [],
  ),
];

const short = (events: readonly ReplayEvent[]): string[] =>
  events.map((each) => `${each.at} ${each.exchange} ${each.event === 'delta' ? each.text : each.event}`);

const heldFor = (verdict: Partial<RecordedVerdict>): RecordedVerdict => ({
  kind: 'tool-call',
  tool: asMasked('bash'),
  action: asMasked('rm -rf /srv'),
  reasons: [{ rule: 'delete-outside', severity: 'high', reason: 'Deletes files outside of the project folder.' }],
  effects: { runs: [], writes: [], hosts: [], credentials: [] },
  verdict: 'allowed',
  by: 'command',
  note: null,
  ...verdict,
});

describe('events', () => {
  test('of one exchange: its deltas at their times, a hold with its waiting time, and the end', () => {
    const pieces: Piece[] = [
      [20, 'text 0', 'On it.'],
      [5_020, 'tool call 1', '{"command":"rm"}'],
    ];
    const verdicts = [heldFor({ askedAt: 20, answeredAt: 5_020.4 })];
    const events = replayed(recordOf('x-1', start, pieces, { verdicts }));
    expect(short(events)).toEqual([
      '0 x-1 begin',
      '20 x-1 On it.',
      '20 x-1 hold',
      '5020 x-1 {"command":"rm"}',
      '5020.4 x-1 verdict',
      '5030 x-1 end',
    ]);
    expect(events.find(({ event }) => event === 'verdict')).toMatchObject({ waited: 5_000.4, verdict: 'allowed' });
  });

  test('what the policy refused comes with the refusal, though nobody was asked', () => {
    const verdicts = [heldFor({ verdict: 'denied', by: 'policy' })];
    const events = replayed(
      recordOf(
        'x-1',
        start,
        [
          [30, 'text 0', 'a'],
          [40, 'refusal', 'no'],
          [90, 'text 0', 'b'],
        ],
        { verdicts },
      ),
    );
    expect(short(events).slice(1, 5)).toEqual(['30 x-1 a', '40 x-1 verdict', '40 x-1 no', '90 x-1 b']);
  });

  test('silence between exchanges is shortened, and said', () => {
    const events = replayed(recordOf('x-2', start + 60_000, [[5, 't', 'b']]), recordOf('x-1', start, [[5, 't', 'a']]));
    expect(short(events)).toEqual([
      '0 x-1 begin',
      '5 x-1 a',
      '15 x-1 end',
      '15 x-2 silence',
      '2015 x-2 begin',
      '2020 x-2 b',
      '2030 x-2 end',
    ]);
    expect(events.find(({ event }) => event === 'silence')).toMatchObject({ lasted: 59_985 });
  });

  test('exchanges beside each other are told beside each other', () => {
    const pieces = (...times: number[]): Piece[] => times.map((at) => [at, 't', `${at}`]);
    const events = replayed(recordOf('x-1', start, pieces(10, 50)), recordOf('x-2', start + 20, pieces(10, 50)));
    expect(short(events)).toEqual([
      ...[
        '0 x-1 begin',
        '10 x-1 10',
        '20 x-2 begin',
        '30 x-2 10',
        '50 x-1 50',
        '60 x-1 end',
        '70 x-2 50',
        '80 x-2 end',
      ],
    ]);
  });

  test('an exchange that was cut ends where its text ends', () => {
    expect(short(replayed(recordOf('x-1', start, [[7, 't', 'a']], { closed: null, state: 'cut' }))).at(-1)).toBe(
      '7 x-1 end',
    );
  });

  const piece = fc.tuple(fc.nat(5_000), fc.constantFrom('text 0', 'thinking 0', 'tool call 1'), fc.string());
  const exchanges = fc.array(fc.tuple(fc.nat(100_000), fc.array(piece, { maxLength: 8 })), { maxLength: 6 });

  test('whatever was recorded: all of it, each exchange with its own spacing, and time never goes back', () => {
    fc.assert(
      fc.property(exchanges, (drawn) => {
        const made = drawn.map(([startedAt, pieces], i) =>
          recordOf(
            `x-${i}`,
            start + startedAt,
            [...pieces].sort((a, b) => a[0] - b[0]),
          ),
        );
        const events = replayed(...made);
        let before = 0;
        for (const { at } of events) {
          expect(at).toBeGreaterThanOrEqual(before);
          before = at;
        }
        for (const { record, timeline } of made) {
          const own = events.filter(({ exchange, event }) => exchange === record.id && event !== 'silence');
          const begun = own[0]?.at ?? NaN;
          const deltas = own.flatMap((each) => (each.event === 'delta' ? [each] : []));
          expect(deltas.map(({ at, channel, text }) => ({ at: Math.round(at - begun), channel, text }))).toEqual(
            timeline,
          );
          expect([own[0]?.event, own.at(-1)?.event]).toEqual(['begin', 'end']);
        }
      }),
    );
  });
});

describe('playing', () => {
  const events = replayed(
    recordOf('x-1', start, [
      [100, 't', 'a'],
      [250, 't', 'b'],
      [4_000, 't', 'c'],
    ]),
  );

  /** A timer that oversleeps by `late` each time. */
  const playing = async (speed: number, longestPause: number, late: number, endAfter = Infinity) => {
    let now = 5_000;
    const stop = new AbortController();
    const shown: [number, string][] = [];
    await play(
      events,
      (event) => {
        shown.push([now - 5_000, event.event === 'delta' ? event.text : event.event]);
        if (shown.length === endAfter) stop.abort();
      },
      {
        speed,
        longestPause,
        signal: stop.signal,
        timer: {
          now: () => now,
          sleep: (delay) => {
            now += delay + late;
            return Promise.resolve();
          },
        },
      },
    );
    return shown;
  };

  test.each([
    ['as it came', 1, Infinity, [0, 100, 250, 4_000, 4_010]],
    ['twice as fast', 2, Infinity, [0, 50, 125, 2_000, 2_005]],
    ['at half the speed', 0.5, Infinity, [0, 200, 500, 8_000, 8_020]],
    ['at once', 0, Infinity, [0, 0, 0, 0, 0]],
    ['with no wait over a second', 1, 1_000, [0, 100, 250, 1_250, 1_260]],
  ])('%s', async (_, speed, longestPause, times) => {
    expect((await playing(speed, longestPause, 0)).map(([at]) => at)).toEqual(times);
  });

  test('a timer that is late each time does not make the replay later and later', async () => {
    const shown = await playing(1, Infinity, 8);
    expect(shown.map(([at]) => at)).toEqual([0, 108, 258, 4_008, 4_018]);
  });

  test('ends where it is told to', async () => {
    expect((await playing(1, Infinity, 0, 2)).map(([, what]) => what)).toEqual(['begin', 'a']);
  });
});

describe('on a terminal', () => {
  const plain = (text: string): string => text;
  const paint: ReplayPaint = {
    title: plain,
    aside: plain,
    reasoning: plain,
    call: plain,
    mask: (text) => `«${text}»`,
    warning: plain,
  };
  const written = (...pieces: readonly Piece[]): string => {
    const writer = createReplayWriter(paint);
    return (
      replayed(recordOf('x-1', start, pieces))
        .map((event) => writer.write(event))
        .join('') + writer.finish()
    );
  };

  test('masks stand out, in every style', () => {
    const mask = ['MASKED', 'AWS', '1234abcd'].join('_');
    const text = written([1, 'text 0', `is AKIA${mask}. ***MASKED*** ***MASKED:aws-key***`]);
    expect(text).toContain(`│ is AKIA«${mask}». «***MASKED***» «***MASKED:aws-key***»`);
  });

  test('nothing recorded steers the terminal or passes for a line of ours', () => {
    const text = written(
      [1, 'text 0', 'a\u001b[2Jb\u009b31mc\u202ed\r\n■ done, status 200\nx'],
      [2, 'evil\u001b]0;t\u0007', 'e'],
    );
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain('│ a<U+001B>[2Jb<U+009B>31mc<U+202E>d<U+000D>\n│ ■ done, status 200\n│ x\n');
    expect(text.match(/^■/gm)).toHaveLength(1);
  });

  test('a character that two deltas share is whole', () => {
    expect(written([1, 't', '\ud83d'], [2, 't', '\ude00!'])).toContain('│ 😀!\n');
  });
});

test.each([
  ['{"messages":[{"content":"old"},{"role":"user","content":"new"}]}', 'new'],
  ['{"messages":[{"content":[{"type":"text","text":"a"},{"type":"tool_result","content":"b"}]}]}', 'a\nb'],
  ['{"input":"said"}', 'said'],
  ['{"contents":[{"parts":[{"text":"hello"}]}]}', 'hello'],
  ['{"model":"m"}', '{"model":"m"}'],
  ['{"messages":[{"content":"cut', '{"messages":[{"content":"cut'],
  ['null', 'null'],
])('of a request %s it shows %j', (request, shown) => {
  expect(lastSaid(asMasked(request))).toBe(shown);
});

describe('with a real client', () => {
  const secret = makeSecret('aws-access-key-id', 'replay');
  let playback: Playback;
  let scrim: Scrim;
  let client: OpenAI;

  beforeAll(async () => {
    playback = await startPlayback({ secret, pause: 5 });
    const policy = `version: 1\nproviders: { local: "${playback.origin}" }\napproval: { timeout: 100ms }\n`;
    scrim = await startCore({ policy });
    client = new OpenAI({ baseURL: `${scrim.gateway}/local/v1`, apiKey: 'none', maxRetries: 0 });
  });

  afterAll(async () => {
    await scrim.stop();
    await playback.close();
  });

  const talk = async (content: string): Promise<{ text: string; calls: string }> => {
    let text = '';
    let calls = '';
    const stream = await client.chat.completions.create({
      model: 'm',
      stream: true,
      messages: [{ role: 'user', content }],
    });
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? '';
      for (const call of choices[0]?.delta.tool_calls ?? []) calls += call.function?.arguments ?? '';
    }
    return { text, calls };
  };
  const replay = async (...words: string[]): Promise<ReplayEvent[]> => {
    const { code, out, err } = await scrim.command('sessions', 'replay', ...words, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return jsonLines<ReplayEvent>(out);
  };
  const said = (events: readonly ReplayEvent[], channel: string): string =>
    events.map((each) => (each.event === 'delta' && each.channel.startsWith(channel) ? each.text : '')).join('');

  test.each(['text', 'tool', 'toolsecret'])('what the SDK got of "%s" is what the replay prints', async (scenario) => {
    playback.play({ scenario, answer: () => undefined });
    const got = await talk('Tell me.');
    const { id } = await scrim.nextEvent('exchange');
    const events = await replay(id);
    expect(said(events, 'text')).toBe(got.text);
    expect(said(events, 'tool call')).toBe(got.calls);
    expect(JSON.stringify(got)).not.toContain(secret);
    expect(got.text + got.calls).not.toBe('');
  });

  test('a session: all its exchanges, a refused call with its reason; at once where no speed is given', async () => {
    playback.play({ answer: chatCall('rm -rf /srv/precious') });
    await talk('Clean up.');
    const { session } = await scrim.nextEvent('exchange', ({ findings }) => findings === 0);
    const events = await replay(session);
    expect(events.filter(({ event }) => event === 'end').length).toBeGreaterThanOrEqual(1);
    const [hold, verdict] = events.filter(({ event }) => event === 'hold' || event === 'verdict');
    expect(verdict).toMatchObject({ event: 'verdict', verdict: 'denied', by: 'deadline', tool: 'bash' });
    // The person had 100 ms.
    expect((verdict?.at ?? 0) - (hold?.at ?? Infinity)).toBeGreaterThanOrEqual(99);
  });

  test('Ctrl-C ends it at once, with a whole line', async () => {
    playback.play({ scenario: 'text', answer: () => undefined });
    await talk('Slowly.');
    const { id } = await scrim.nextEvent('exchange', ({ findings }) => findings === 1);
    const child = startScrimCommand(['--data-dir', scrim.dataDir, 'sessions', 'replay', id, '--speed', '0.001']);
    child.stdout.once('data', () => child.kill('SIGINT'));
    const { code, signal, out } = await collect(child);
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(out).toContain('Slowly.');
    expect(out).not.toContain('■ done');
    expect(out.endsWith('\n')).toBe(true);
  });

  test('a wrong id and a wrong speed say so', async () => {
    expect(await scrim.command('sessions', 'replay', 'x-none')).toMatchObject({ code: 1, out: '' });
    const { code, err } = await scrim.command('sessions', 'replay', 'x-none', '--speed', '-1');
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--speed') as string });
  });
});
