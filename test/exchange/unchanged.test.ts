// What holds no secret reaches the client byte for byte, whatever it is and however it is cut.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exchangeOf, type ExchangeOptions } from '../support/exchange.ts';

const cuts = fc.array(fc.nat(4_000), { maxLength: 40 });

/** Words that no rule finds anything in, with everything that framings and JSON could trip over. */
const words = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'the key',
        'naïve',
        '日本語',
        '👩‍👩‍👧‍👦',
        'data:',
        '\n',
        '\r\n',
        '\t',
        '"',
        '\\',
        '\\u0041',
        '\ufeff',
        '\u2028',
        '\0',
        ':',
        '{',
        ']',
      ),
      fc.string({ maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(' '));

/** JSON text with the spacing and escapes a serializer may choose. */
const json = fc
  .tuple(fc.jsonValue({ maxDepth: 4, stringUnit: 'grapheme' }), words, fc.constantFrom(0, 1, 2), fc.boolean())
  .map(([value, text, indent, escapes]) => {
    const source = JSON.stringify({ choices: [{ delta: { content: text } }], value }, null, indent);
    return escapes
      ? source.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : source;
  });

const oneLine = json.map((source) => source.replaceAll('\n', ''));

const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
const sse = fc
  .tuple(
    lineEnd,
    fc.array(
      fc.oneof(
        oneLine.map((source) => [`data: ${source}`]),
        oneLine.map((source) => ['event: response.output_text.delta', `data:${source}`, 'id: 7']),
        fc.constantFrom(
          [': ping'],
          ['data: [DONE]'],
          ['event: ping', 'data'],
          [''],
          ['retry: 10'],
          ['data: a', 'data: b'],
        ),
        words.map((text) => [`data: ${text.replace(/[\r\n]/g, ' ')}`]),
      ),
      { maxLength: 8 },
    ),
    fc.boolean(),
  )
  .map(([end, events, ended]) => {
    const body = events.map((lines) => lines.map((line) => line + end).join('') + end).join('');
    return ended ? body : body.slice(0, -1);
  });

const ndjson = fc
  .array(fc.tuple(oneLine, fc.constantFrom('\n', '\r\n', '\n\n', ' \n')), { maxLength: 8 })
  .map((lines) => lines.map((line) => line.join('')).join(''));

const jsonArray = fc
  .array(fc.tuple(json, fc.constantFrom(',', '\n,\n', ' , ')), { maxLength: 6 })
  .map((elements) => `[${elements.map(([source, comma], i) => (i === 0 ? source : comma + source)).join('')}]\n`);

const paths = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
  gemini: '/v1beta/models/m:streamGenerateContent?alt=sse',
  ollama: '/api/chat',
  other: '/v2/anything',
};
const path = fc.constantFrom(...Object.values(paths));

function expectUnchanged(options: ExchangeOptions, type: string, body: Buffer, at: readonly number[]): void {
  const outcome = exchangeOf(options, { type, body, headers: ['X-Request-Id', 'r1'] }, at);
  expect(outcome.findings).toEqual([]);
  expect(outcome.closed).toMatchObject({ state: 'done', status: 200, failure: null });
  expect(outcome.head?.headers.slice(0, 4)).toEqual(
    [...(type === '' ? [] : ['Content-Type', type]), 'X-Request-Id', 'r1'].slice(0, 4),
  );
  expect(outcome.end).toBe('end');
  // A difference of two long buffers is slow to print and hard to read.
  if (!outcome.body.equals(body)) expect(outcome.body.toString()).toBe(body.toString());
  expect(outcome.body.length).toBe(body.length);
}

describe('any cut', () => {
  test.each([
    ['application/json', json],
    ['application/json; charset=utf-8', jsonArray],
    ['text/event-stream', sse],
    ['application/x-ndjson', ndjson],
    ['text/plain; charset=utf-8', words],
    ['', words],
  ])('%s', (type, bodies) => {
    fc.assert(
      fc.property(bodies, path, cuts, (body, at, places) => {
        expectUnchanged({ path: at }, type, Buffer.from(body), places);
      }),
      { numRuns: 300 },
    );
  });

  test("Gemini's array", () => {
    fc.assert(
      fc.property(jsonArray, cuts, (body, places) => {
        const options = { path: '/v1beta/models/m:streamGenerateContent' };
        expectUnchanged(options, 'application/json', Buffer.from(body), places);
      }),
      { numRuns: 200 },
    );
  });

  test.each(['text/plain', '', 'text/html; charset=iso-8859-1', 'image/png', 'application/octet-stream'])(
    'bytes of no encoding as "%s"',
    (type) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 600 }), cuts, (bytes, places) => {
          expectUnchanged({ path: '/v1/files/f/content' }, type, Buffer.from(bytes), places);
        }),
        { numRuns: 300 },
      );
    },
  );

  test('bytes that are UTF-8 here and there', () => {
    const mixed = fc
      .array(
        fc.oneof(
          fc.string({ unit: 'grapheme' }).map((text) => Buffer.from(text)),
          fc.uint8Array({ maxLength: 5 }),
        ),
      )
      .map((parts) => Buffer.concat(parts));
    fc.assert(
      fc.property(mixed, cuts, (bytes, places) => expectUnchanged({ path: '/x' }, 'text/plain', bytes, places)),
      { numRuns: 300 },
    );
  });
});

test('an answer without a body keeps its head as it is', () => {
  for (const [method, status, headers] of [
    ['HEAD', 200, ['Content-Length', '1234', 'ETag', '"a"']],
    ['GET', 304, ['ETag', '"a"']],
    ['DELETE', 204, []],
  ] as const) {
    const { head, body, end } = exchangeOf({ method }, { status, type: 'application/json', headers, body: '' });
    expect(head).toMatchObject({ status, headers: ['Content-Type', 'application/json', ...headers] });
    expect([body.length, end]).toEqual([0, 'end']);
  }
});
