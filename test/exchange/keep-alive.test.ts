// While something is held back, a stream must not fall silent: clients give up. The filler is the dialect's own.

import { describe, expect, test } from 'vitest';
import { outcomeOf, startExchange } from '../support/exchange.ts';
import { makeSecret } from '../support/secrets.ts';

const secret = makeSecret('aws-access-key-id', 'keep-alive');
const half = [`It is ${secret.slice(0, 9)}`, `${secret.slice(9)} . `] as const;
const sse = 'text/event-stream';

function begin(path: string, type: string, event: (text: string) => string) {
  const exchange = startExchange({ path, keepAlive: 10_000 });
  exchange.begin();
  exchange.step({ type: 'request-end', trailers: [], at: 0 });
  exchange.step({
    type: 'response-head',
    head: { status: 200, statusText: '', headers: ['content-type', type] },
    at: 1,
  });
  const sent = (commands: ReturnType<typeof exchange.step>) => outcomeOf(commands).body.toString();
  return {
    say: (text: string, at: number) =>
      sent(exchange.step({ type: 'response-bytes', bytes: Buffer.from(event(text)), at })),
    tick: (at: number) => sent(exchange.step({ type: 'tick', at })),
    end: (at: number) => sent(exchange.step({ type: 'response-end', trailers: [], at })),
  };
}

const data = (value: object): string => `data: ${JSON.stringify(value)}\n\n`;
const chatChunk = (content: string): string =>
  data({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 7,
    model: 'm',
    choices: [{ index: 0, delta: { content } }],
  });

describe('each dialect', () => {
  test.each<[string, string, string, (text: string) => string, string]>([
    [
      'chat',
      '/v1/chat/completions',
      sse,
      chatChunk,
      data({
        id: 'c1',
        object: 'chat.completion.chunk',
        created: 7,
        model: 'm',
        choices: [{ index: 0, delta: {}, finish_reason: null }],
      }),
    ],
    [
      'responses',
      '/v1/responses',
      sse,
      (delta) =>
        data({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta, sequence_number: 4 }),
      'event: keepalive\ndata: {"type":"keepalive","sequence_number":4}\n\n',
    ],
    [
      'anthropic',
      '/v1/messages',
      sse,
      (text) => data({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
      'event: ping\ndata: {"type": "ping"}\n\n',
    ],
    [
      'gemini',
      '/v1beta/models/m:streamGenerateContent?alt=sse',
      sse,
      (text) => data({ candidates: [{ content: { parts: [{ text }] } }] }),
      '\n',
    ],
    [
      'ollama',
      '/api/chat',
      'application/x-ndjson',
      (content) =>
        `${JSON.stringify({ model: 'm', created_at: 't', message: { role: 'assistant', content }, done: false })}\n`,
      `${JSON.stringify({ model: 'm', created_at: 't', message: { role: 'assistant', content: '' }, done: false })}\n`,
    ],
  ])('%s', (_, path, type, event, filler) => {
    const stream = begin(path, type, event);
    expect(stream.say('Hello. ', 100)).toBe(event('Hello. '));
    // Nothing is held: the silence is the provider's own.
    expect(stream.tick(30_000)).toBe('');
    expect(stream.say(half[0], 31_000)).toBe('');
    expect(stream.tick(31_500)).toBe(filler);
    expect(stream.tick(35_000)).toBe('');
    expect(stream.tick(42_000)).toBe(filler);
    const rest = stream.say(half[1], 43_000) + stream.end(43_100);
    expect(rest).toMatch(/It is AKIAMASKED_AWS_[0-9a-f]{8}/);
    expect(stream.tick(90_000)).toBe('');
  });
});

test('a tool call that is held for long', () => {
  const event = (part: string): string =>
    data({ type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: part } });
  const stream = begin('/v1/messages', sse, event);
  let fillers = 0;
  for (let at = 0; at < 60_000; at += 500) {
    expect(stream.say('"x",', at)).toBe('');
    if (stream.tick(at) !== '') fillers++;
  }
  expect(fillers).toBeGreaterThanOrEqual(5);
  expect(fillers).toBeLessThanOrEqual(7);
});

test('JSON has no filler', () => {
  for (const path of ['/v1/chat/completions', '/v1beta/models/m:streamGenerateContent']) {
    const stream = begin(path, 'application/json', (text) => text);
    stream.say(`[{"candidates":[{"content":{"parts":[{"text":"It is ${secret.slice(0, 9)}`, 10);
    expect(stream.tick(60_000)).toBe('');
  }
});
