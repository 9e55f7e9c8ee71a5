// Framings: frames joined are the body, cuts do not matter, and new data stands where the old stood.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Framing } from '../../src/wire/framing.ts';
import { createJsonArrayFraming } from '../../src/wire/json-array.ts';
import { createNdjsonFraming } from '../../src/wire/ndjson.ts';
import { createSseFraming } from '../../src/wire/sse.ts';
import { loadStream, streamNames } from '../support/streams.ts';

function frames(framing: Framing, text: string, cuts: readonly number[] = []): { frames: string[]; rest: string } {
  const places = [...new Set(cuts)].filter((cut) => cut > 0 && cut < text.length).sort((a, b) => a - b);
  const found = [0, ...places].flatMap((from, i) => framing.push(text.slice(from, places[i] ?? text.length)));
  const waiting = framing.waiting();
  const rest = framing.end();
  expect(rest.length).toBe(waiting);
  return { frames: [...found], rest };
}

const framings: readonly (readonly [name: string, make: () => Framing, parts: readonly string[]])[] = [
  [
    'sse',
    createSseFraming,
    [
      'data: {"a":"b"}',
      'data:x',
      'data',
      'event: e',
      ': c',
      'id: 1',
      '\n',
      '\r\n',
      '\r',
      '\n\n',
      '\r\n\r\n',
      '\ufeff',
      'ü',
    ],
  ],
  ['ndjson', createNdjsonFraming, ['{"a":"b"}', '\n', '\r\n', ' ', '{"a":', '"ü"}', '\u001e']],
  [
    'json array',
    createJsonArrayFraming,
    ['[', ']', '{"a":"b"}', ',', '\n', '{"a":"]}"}', '"\\"]"', '{', '}', '1', ' '],
  ],
];

describe.each(framings)('%s', (_, make, parts) => {
  const body = fc.array(fc.constantFrom(...parts), { maxLength: 25 }).map((pieces) => pieces.join(''));

  test('frames joined give the body, character by character; cuts do not matter', () => {
    fc.assert(
      fc.property(body, fc.array(fc.nat(120), { maxLength: 15 }), (text, cuts) => {
        const cut = frames(make(), text, cuts);
        expect(cut.frames.join('') + cut.rest).toBe(text);
        expect(cut.frames).not.toContain('');
        const whole = frames(make(), text);
        // A CR at the end of a part may be half of CRLF: the frame then waits, but is the same.
        expect(cut).toEqual(whole);
      }),
      { numRuns: 1_000 },
    );
  });

  test('the same data put back gives the same frame, other data is read back', () => {
    fc.assert(
      fc.property(body, fc.constantFrom('{"b":[1,"x"]}', 'plain', '"]}"'), (text, other) => {
        const framing = make();
        for (const frame of frames(framing, text).frames) {
          const data = framing.data(frame);
          if (data === undefined) continue;
          if (data.at >= 0) {
            expect(frame.slice(data.at, data.at + data.source.length)).toBe(data.source);
            expect(framing.withData(frame, data, data.source)).toBe(frame);
          }
          expect(framing.data(framing.withData(frame, data, other))?.source).toBe(other);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('server-sent events', () => {
  test.each([
    ['data: a\n\n', 'a'],
    ['data:a\n\n', 'a'],
    ['data:  a\n\n', ' a'],
    ['event: x\r\ndata: a\r\nid: 1\r\n\r\n', 'a'],
    ['data: a\rdata: b\r\r', 'a\nb'],
    ['data: {"a":\ndata: 1}\n\n', '{"a":\n1}'],
    [': comment\n\n', undefined],
    ['\n', undefined],
    ['event: ping\n\n', undefined],
  ])('the data of %j', (frame, source) => {
    expect(createSseFraming().data(frame)?.source).toBe(source);
  });

  test('an event that is complete leaves at once, whatever its line ends', () => {
    for (const end of ['\n\n', '\r\n\r\n', '\r\r']) {
      const framing = createSseFraming();
      const first = framing.push(`data: a${end}`);
      // Only a bare CR may be the first half of CRLF.
      expect(first).toEqual(end === '\r\r' ? [] : [`data: a${end}`]);
      expect([...first, ...framing.push('data: b\n\n')]).toEqual([`data: a${end}`, 'data: b\n\n']);
    }
  });
});

test('recorded streams: the frames are the events of the provider', () => {
  const secret = 'x'.repeat(20);
  let seen = 0;
  for (const name of streamNames()) {
    const { headers, chunks } = loadStream(name, secret);
    const type = headers['content-type'] ?? '';
    const framing = type.includes('event-stream')
      ? createSseFraming()
      : type.includes('ndjson')
        ? createNdjsonFraming()
        : undefined;
    if (framing === undefined) continue;
    const text = chunks.join('');
    const found = frames(
      framing,
      text,
      Array.from({ length: text.length }, (_, i) => i),
    );
    expect(found.frames.join('') + found.rest, name).toBe(text);
    for (const frame of found.frames) {
      const data = framing.data(frame);
      if (data !== undefined && data.source !== '[DONE]')
        expect(() => JSON.parse(data.source) as unknown, frame).not.toThrow();
    }
    seen++;
  }
  expect(seen).toBeGreaterThan(40);
});

test('server-sent events: a field behind a byte order mark does not become data when the data is replaced', () => {
  const framing = createSseFraming();
  const frame = 'data: {"a":"b"}\rdata: {"a":"b"}\r\n\ufeffdata: {"a":"b"}\n\n';
  const data = framing.data(frame);
  if (data === undefined) throw new Error('no data');
  expect(framing.data(framing.withData(frame, data, '{"c":1}'))?.source).toBe('{"c":1}');
});
