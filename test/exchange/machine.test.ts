// The machine as transcripts: this event, these commands.

import { describe, expect, test } from 'vitest';
import { failures, type FailureCode } from '../../src/contract/failures.ts';
import type { Command } from '../../src/exchange/events.ts';
import { masking, outcomeOf, play, startExchange, type ExchangeOptions } from '../support/exchange.ts';
import { makeSecret } from '../support/secrets.ts';

const secret = makeSecret('aws-access-key-id', 'machine');
const body = JSON.stringify({ model: 'gpt-x', messages: [{ content: `Use ${secret}.` }] });
const json = [
  'Host',
  'api.example.com',
  'Content-Type',
  'application/json',
  'Content-Length',
  String(body.length),
  'Digest',
  'x',
];

const bytes = (text: string) => Buffer.from(text);
const requestBytes = (text: string) => ({ type: 'request-bytes', bytes: bytes(text), at: 1 }) as const;
const requestEnd = { type: 'request-end', trailers: [], at: 2 } as const;
const head = (type: string, ...headers: string[]) =>
  ({
    type: 'response-head',
    head: { status: 200, statusText: 'OK', headers: ['Content-Type', type, ...headers] },
    at: 3,
  }) as const;
const responseBytes = (text: string) => ({ type: 'response-bytes', bytes: bytes(text), at: 4 }) as const;
const responseEnd = { type: 'response-end', trailers: ['X-Sum', '1'], at: 5 } as const;
const lost = (code: FailureCode) => ({ type: 'lost', code, reason: 'It broke.', at: 6 }) as const;

const types = (commands: readonly Command[]): string[] => commands.map(({ type }) => type);
const sentUpstream = (commands: readonly Command[]): string =>
  commands
    .flatMap((each) => (each.type === 'send-upstream' ? [Buffer.from(each.bytes as Uint8Array).toString()] : []))
    .join('');
const start = (options: ExchangeOptions) => {
  const exchange = startExchange({ headers: json, ...options });
  return { exchange, begun: exchange.begin() };
};

describe('a request', () => {
  test('pass: on its way at once, byte for byte; the log gets a masked copy', () => {
    const { exchange, begun } = start({});
    expect(begun).toEqual([{ type: 'connect', head: expect.objectContaining({ headers: json }) as unknown }]);
    const half = body.length / 2;
    const commands = play(exchange, requestBytes(body.slice(0, half)), requestBytes(body.slice(half)));
    expect(types(commands)).toEqual(['send-upstream', 'send-upstream']);
    expect(sentUpstream(commands)).toBe(body);
    const [record, end] = exchange.step(requestEnd);
    expect(record).toMatchObject({
      type: 'record-request',
      request: {
        model: 'gpt-x',
        bytes: body.length,
        truncated: false,
        body: expect.stringMatching(/^\{"model":"gpt-x".*Use AKIAMASKED_AWS_/) as string,
      },
      findings: [{ rule: 'aws-access-key-id', side: 'request' }],
    });
    expect(end).toEqual({ type: 'end-upstream', trailers: [] });
  });

  test('mask: the head goes without what no longer holds, the body masked', () => {
    const { exchange, begun } = start({ requests: 'mask' });
    expect(begun).toMatchObject([{ type: 'connect', head: { headers: json.slice(0, 4) } }]);
    const commands = play(exchange, ...Array.from(body).map(requestBytes), requestEnd);
    expect(JSON.parse(sentUpstream(commands))).toEqual({
      model: 'gpt-x',
      messages: [{ content: expect.stringMatching(/^Use AKIAMASKED_AWS_[0-9a-f]{8}\.$/) as string }],
    });
    expect(types(commands).slice(-1)).toEqual(['end-upstream']);
  });

  test('mask, observed only: passes', () => {
    const { exchange, begun } = start({ requests: 'mask', observe: true });
    expect(begun).toMatchObject([{ head: { headers: json } }]);
    expect(sentUpstream(play(exchange, requestBytes(body), requestEnd))).toBe(body);
  });

  test('mask, but it is no JSON: nothing raw leaves, the client is told', () => {
    const { exchange } = start({ requests: 'mask' });
    const commands = play(exchange, requestBytes(`{"a": "${secret}`), requestEnd);
    expect(sentUpstream(commands)).not.toContain(secret);
    expect(outcomeOf(commands)).toMatchObject({
      head: { status: failures['cannot-read'].status },
      end: 'end',
      closed: { failure: 'cannot-read' },
    });
  });

  test('block: nobody is called before the end; then refused, or sent as it came', () => {
    const { exchange, begun } = start({ requests: 'block' });
    expect(begun).toEqual([]);
    expect(play(exchange, requestBytes(body))).toEqual([]);
    const commands = exchange.step(requestEnd);
    expect(types(commands)).toEqual([
      'cancel-upstream',
      'record-request',
      'record-closed',
      'respond',
      'send-client',
      'end-client',
    ]);
    expect(outcomeOf(commands)).toMatchObject({ head: { status: 400 }, closed: { failure: 'denied', status: 400 } });
    expect(play(exchange, head('text/plain'), responseBytes('late'))).toEqual([]);

    const clean = start({ requests: 'block' });
    const sent = play(clean.exchange, requestBytes('{"a":'), requestBytes('1}'), requestEnd);
    expect(types(sent)).toEqual(['record-request', 'connect', 'send-upstream', 'send-upstream', 'end-upstream']);
    expect(sentUpstream(sent)).toBe('{"a":1}');
  });

  test('packed: the packed bytes go on, the unpacked ones are read', () => {
    const headers = [...json, 'Content-Encoding', 'zstd'];
    const { exchange } = start({ headers });
    expect(exchange.requestCoding).toBe('zstd');
    const commands = play(
      exchange,
      requestBytes('PACKED'),
      { type: 'request-plain', bytes: bytes(body), at: 1 },
      requestEnd,
    );
    expect(sentUpstream(commands)).toBe('PACKED');
    expect(commands).toContainEqual(
      expect.objectContaining({
        type: 'record-request',
        findings: [expect.objectContaining({ rule: 'aws-access-key-id' })],
      }),
    );

    const blocked = start({ headers, requests: 'block' });
    const refused = play(blocked.exchange, requestBytes('PACKED'), { type: 'request-unreadable', at: 1 });
    expect(outcomeOf(refused)).toMatchObject({ closed: { failure: 'cannot-read' } });

    const passed = start({ headers });
    const unread = play(passed.exchange, requestBytes('PACKED'), { type: 'request-unreadable', at: 1 }, requestEnd);
    expect(sentUpstream(unread)).toBe('PACKED');
    expect(unread).toContainEqual(
      expect.objectContaining({ type: 'record-request', request: expect.objectContaining({ body: null }) as unknown }),
    );
  });

  test('what is no text is passed, and not recorded', () => {
    const { exchange } = start({ headers: ['Content-Type', 'application/octet-stream'], requests: 'mask' });
    const commands = play(exchange, { type: 'request-bytes', bytes: Buffer.from([0, 255, 1]), at: 1 }, requestEnd);
    expect(commands[0]).toEqual({ type: 'send-upstream', bytes: Buffer.from([0, 255, 1]) });
    expect(commands[1]).toMatchObject({ type: 'record-request', request: { body: null, bytes: 3 } });
  });

  test('the model of a Gemini path', () => {
    const { exchange } = start({ path: '/v1beta/models/gemini-x:generateContent' });
    expect(play(exchange, requestEnd)[0]).toMatchObject({ request: { model: 'gemini-x' } });
  });
});

describe('a response', () => {
  const running = (options: ExchangeOptions = {}) => {
    const { exchange } = start(options);
    exchange.step(requestEnd);
    return exchange;
  };

  test('a stream: its head at once, without a length; its end after the record is on disk', () => {
    const exchange = running();
    const began = exchange.step(
      head('text/event-stream', 'Content-Length', '9', 'Content-Encoding', 'gzip', 'ETag', 'x', 'X-Request-Id', 'r'),
    );
    expect(began).toEqual([
      {
        type: 'respond',
        head: { status: 200, statusText: 'OK', headers: ['Content-Type', 'text/event-stream', 'X-Request-Id', 'r'] },
      },
      { type: 'receive', coding: 'gzip' },
    ]);
    expect(types(exchange.step(responseBytes('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n')))).toEqual([
      'send-client',
      'record-pieces',
    ]);
    const ended = exchange.step(responseEnd);
    expect(types(ended)).toEqual(['record-closed', 'end-client']);
    expect(ended).toMatchObject([
      { closed: { state: 'done', headAfter: 3, firstByteAfter: 4, failure: null } },
      { trailers: ['X-Sum', '1'] },
    ]);
    expect(exchange.over()).toBe(true);
  });

  test('short JSON: whole, so that a failure is a clean refusal', () => {
    const exchange = running();
    expect(types(exchange.step(head('application/json', 'Content-Length', '20')))).toEqual(['receive']);
    expect(types(exchange.step(responseBytes('{"a":"b"')))).toEqual(['record-pieces']);
    const commands = exchange.step({ ...responseBytes('}'), at: 4 });
    expect(
      types([...commands, ...exchange.step(responseEnd)]).filter((type) => !type.startsWith('record-pieces')),
    ).toEqual(['record-closed', 'respond', 'send-client', 'end-client']);

    const broken = running();
    broken.step(head('application/json', 'Content-Length', '20'));
    broken.step(responseBytes('{"a":"b"'));
    expect(outcomeOf(broken.step(lost('upstream-lost')))).toMatchObject({
      head: { status: 502 },
      end: 'end',
      closed: { failure: 'upstream-lost' },
    });
  });

  test('information passes', () => {
    const early = { status: 103, statusText: 'Early Hints', headers: ['Link', '</x>'] };
    expect(running().step({ type: 'information', head: early, at: 1 })).toEqual([{ type: 'inform', head: early }]);
  });

  test.each(['upstream-lost', 'untrusted-upstream', 'loop', 'too-large', 'cannot-read'] as const)(
    '%s: before the head an answer of the table, after it a reset',
    (code) => {
      const before = running().step(lost(code));
      expect(types(before)).toEqual(['cancel-upstream', 'record-closed', 'respond', 'send-client', 'end-client']);
      const { head: answer, body: said } = outcomeOf(before);
      expect(answer?.status).toBe(failures[code].status);
      expect(JSON.parse(said.toString())).toMatchObject({ error: { code, message: 'Scrim: It broke.' } });

      const streaming = running();
      play(streaming, head('text/event-stream'), responseBytes('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'));
      const after = streaming.step(lost(code));
      expect(types(after)).toEqual(['cancel-upstream', 'reset-client', 'record-closed']);
      expect(outcomeOf(after).closed).toMatchObject({ state: 'failed', failure: code, status: 200 });
      expect(play(streaming, responseBytes('late'), responseEnd, lost('client-lost'))).toEqual([]);
    },
  );

  test('the client left: nothing more for it, everything recorded', () => {
    const exchange = running();
    play(
      exchange,
      head('text/event-stream'),
      responseBytes(`data: {"choices":[{"delta":{"content":"It is ${secret.slice(0, 9)}"}}]}\n\n`),
    );
    const commands = exchange.step(lost('client-lost'));
    expect(types(commands)).toEqual(['cancel-upstream', 'record-closed']);
  });

  test('something thrown inside masking: 502, and its words stay inside', () => {
    const thrower = (): never => {
      throw new Error(`broke on ${secret}`);
    };
    const broken = {
      ...masking(),
      shortestMatch: 0,
      stream: thrower,
      edits: thrower,
      valueEdits: thrower,
      jsonEdits: thrower,
      sensitiveName: () => false,
    };
    const exchange = running({ masking: () => broken });
    const commands = play(exchange, head('application/json'), responseBytes('{"a":"b"}'), responseEnd);
    const { head: answer, body: said, closed } = outcomeOf(commands);
    expect(answer?.status).toBe(502);
    expect(closed).toMatchObject({ failure: 'masking-failed' });
    expect(said.toString() + JSON.stringify(closed)).not.toContain(secret);
  });

  test('what cannot be read is refused, or passes where the policy says so', () => {
    for (const [type, options] of [
      ['application/vnd.amazon.eventstream', {}],
      ['text/event-stream; charset=utf-16', {}],
      ['application/json', { canDecode: () => false }],
    ] as const) {
      const coding = ['Content-Encoding', 'x-odd'];
      const refused = outcomeOf(running(options).step(head(type, ...coding)));
      expect(refused).toMatchObject({ head: { status: 502 }, closed: { failure: 'cannot-read' } });
      const exchange = running({ ...options, passUnreadable: true });
      expect(exchange.step(head(type, ...coding))).toMatchObject([
        { type: 'respond', head: { headers: ['Content-Type', type, ...coding] } },
        { type: 'receive', coding: undefined },
      ]);
      expect(exchange.step(responseBytes(secret))).toMatchObject([{ type: 'send-client', data: bytes(secret) }]);
    }
  });

  test('bounds: one event, one text, one tool call larger than memory is meant for', () => {
    const chunk = 'x'.repeat(4 * 1024 * 1024);
    const exchange = running();
    play(exchange, head('text/event-stream'), responseBytes('data: {"choices":[{"delta":{"content":"'));
    const commands = Array.from({ length: 12 }, () => exchange.step(responseBytes(chunk))).flat();
    expect(outcomeOf(commands)).toMatchObject({ end: 'reset', closed: { failure: 'too-large' } });
  });

  test('usage, as each dialect counts it', () => {
    const usageOf = (path: string, type: string, text: string) => {
      const exchange = running({ path });
      return outcomeOf(play(exchange, head(type), responseBytes(text), responseEnd)).closed?.usage;
    };
    const sse = (...events: object[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
    const stream = 'text/event-stream';
    expect(
      usageOf(
        '/v1/chat/completions',
        stream,
        sse({ choices: [] }, { usage: { prompt_tokens: 3, completion_tokens: 4 } }),
      ),
    ).toEqual({ input: 3, output: 4 });
    expect(
      usageOf(
        '/v1/responses',
        stream,
        sse({ type: 'response.completed', response: { usage: { input_tokens: 5, output_tokens: 6 } } }),
      ),
    ).toEqual({ input: 5, output: 6 });
    expect(
      usageOf(
        '/v1/messages',
        stream,
        sse(
          { type: 'message_start', message: { usage: { input_tokens: 7, output_tokens: 1 } } },
          { type: 'message_delta', usage: { output_tokens: 8 } },
        ),
      ),
    ).toEqual({ input: 7, output: 8 });
    expect(
      usageOf(
        '/v1beta/models/m:streamGenerateContent?alt=sse',
        stream,
        sse({ usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2 } }),
      ),
    ).toEqual({ input: 1, output: 2 });
    expect(
      usageOf('/api/chat', 'application/x-ndjson', '{"done":true,"prompt_eval_count":9,"eval_count":10}\n'),
    ).toEqual({ input: 9, output: 10 });
    expect(
      usageOf('/v1/chat/completions', 'application/json', '{"usage":{"prompt_tokens":3,"completion_tokens":4}}'),
    ).toEqual({ input: 3, output: 4 });
    expect(usageOf('/v1/chat/completions', stream, sse({ choices: [] }))).toBeNull();
  });
});
