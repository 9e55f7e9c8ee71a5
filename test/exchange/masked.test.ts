// What a client gets where a stream is masked: every copy of a text, tool calls, several answers at once.

import { describe, expect, test } from 'vitest';
import {
  cutAt,
  everyBytes,
  exchangeOf,
  masking,
  outcomeOf,
  startExchange,
  sse,
  streamEvents as stream,
} from '../support/exchange.ts';
import { makeSecret } from '../support/secrets.ts';

const secret = makeSecret('aws-access-key-id', 'masked');
const other = makeSecret('github-classic', 'masked');
const key = makeSecret('private-key', 'masked');
const chat = '/v1/chat/completions';
const responses = '/v1/responses';

interface Delta {
  readonly content?: string;
  readonly tool_calls?: readonly unknown[];
}
const delta = (content: string, index = 0, more: object = {}): object => ({
  choices: [{ index, delta: { content }, finish_reason: null, ...more }],
});
const choicesOf = (event: Record<string, unknown> | undefined) =>
  (event?.['choices'] ?? []) as { index: number; delta: Delta; logprobs?: unknown; finish_reason: string | null }[];
const textOf = (events: Record<string, unknown>[], index = 0): string =>
  events
    .flatMap(choicesOf)
    .filter((choice) => choice.index === index)
    .map((choice) => choice.delta.content ?? '')
    .join('');

describe('chat', () => {
  test('several choices are texts of their own', () => {
    const events = stream(
      chat,
      ...Array.from(secret).flatMap((letter) => [delta(letter, 0), delta('no secret ', 1)]),
      delta(other.slice(0, 20), 2),
      delta(other.slice(20), 2),
      { choices: [0, 1, 2].map((index) => ({ index, delta: {}, finish_reason: 'stop' })) },
    );
    expect(textOf(events, 0)).toMatch(/^AKIAMASKED_AWS_[0-9a-f]{8}$/);
    expect(textOf(events, 1)).toBe('no secret '.repeat(secret.length));
    expect(textOf(events, 2)).toMatch(/^ghp_MASKED_GITHUB_[0-9a-f]{8}$/);
  });

  test('a server that streams pieces of a message instead of a delta', () => {
    const piece = (content: string): object => ({ choices: [{ index: 0, message: { role: 'assistant', content } }] });
    const events = stream(chat, piece(`It is ${secret.slice(0, 10)}`), piece(`${secret.slice(10)}.`));
    const text = events.map((event) => (event['choices'] as { message: { content: string } }[])[0]?.message.content);
    expect(text.join('')).toMatch(/^It is AKIAMASKED_AWS_[0-9a-f]{8}\.$/);
  });

  test('a text is not glued to the same choice of another field', () => {
    const half = secret.slice(0, 10);
    const events = stream(
      chat,
      { choices: [{ index: 0, delta: { reasoning_content: half } }] },
      { choices: [{ index: 0, delta: { content: secret.slice(10) } }] },
    );
    expect(JSON.stringify(events)).toContain(half);
    expect(JSON.stringify(events)).toContain(secret.slice(10));
  });

  test('logprobs, which spell the text again, go where it is masked and stay elsewhere', () => {
    const logprobs = (token: string) => ({
      content: [{ token, logprob: -1, bytes: [...Buffer.from(token)], top_logprobs: [] }],
    });
    const events = stream(
      chat,
      delta('Hello ', 0, { logprobs: logprobs('Hello ') }),
      delta(secret.slice(0, 9), 0, { logprobs: logprobs(secret.slice(0, 9)) }),
      delta(secret.slice(9), 0, { logprobs: logprobs(secret.slice(9)) }),
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    );
    expect(choicesOf(events[0])[0]?.logprobs).toEqual(logprobs('Hello '));
    expect(choicesOf(events[1])[0]?.logprobs).toBeNull();
    expect(choicesOf(events[2])[0]?.logprobs).toBeNull();

    const message = {
      index: 0,
      message: { role: 'assistant', content: `It is ${secret}` },
      logprobs: logprobs(secret),
    };
    for (const choice of [message, { logprobs: message.logprobs, message: message.message }]) {
      const body = JSON.stringify({ choices: [choice] });
      const outcome = exchangeOf({ path: chat }, { type: 'application/json', body }, [30, 60, 150]);
      expect(outcome.body.toString()).not.toContain(secret.slice(4, 12));
      expect(JSON.parse(outcome.body.toString())).toMatchObject({ choices: [{ logprobs: null }] });
    }
  });

  const call = (part: string, index = 0, more: object = {}): object => ({
    choices: [{ index: 0, delta: { tool_calls: [{ index, function: { arguments: part }, ...more }] } }],
  });

  test('a tool call is held until it is whole, text before it is not', () => {
    const source = JSON.stringify({ command: `echo ${secret}`, env: { password: 'pa55 wörter', port: 80 } });
    const exchange = startExchange({ path: chat });
    const head = { status: 200, statusText: 'OK', headers: ['content-type', 'text/event-stream'] };
    exchange.begin();
    exchange.step({ type: 'request-end', trailers: [], at: 0 });
    exchange.step({ type: 'response-head', head, at: 0 });
    const send = (...events: object[]): string =>
      outcomeOf(exchange.step({ type: 'response-bytes', bytes: Buffer.from(sse(...events)), at: 1 })).body.toString();
    expect(send(delta('I run it. '))).toContain('I run it.');
    expect(send(call('', 0, { id: 'call_1' }))).not.toContain('command');
    for (const letter of source) expect(send(call(letter))).toBe('');
    const rest = send({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] });
    const parts = rest
      .split('\n\n')
      .filter((event) => event !== '')
      .flatMap((event) => choicesOf(JSON.parse(event.slice(6)) as Record<string, unknown>))
      .flatMap((choice) => (choice.delta.tool_calls ?? []) as { function: { arguments: string } }[]);
    expect(JSON.parse(parts.map((part) => part.function.arguments).join(''))).toEqual({
      command: expect.stringMatching(/^echo AKIAMASKED_AWS_[0-9a-f]{8}$/) as string,
      env: { password: expect.stringMatching(/MASKED/) as string, port: 80 },
    });
  });

  test('parallel calls, and a key of several lines in one of them', () => {
    const sources = [
      JSON.stringify({ text: key }),
      JSON.stringify({ text: 'nothing' }),
      JSON.stringify({ text: other }),
    ];
    const longest = Math.max(...sources.map(({ length }) => length));
    const parts = Array.from({ length: Math.ceil(longest / 40) }, (_, i) =>
      sources.map((source, index) => call(source.slice(i * 40, i * 40 + 40), index)),
    ).flat();
    const events = stream(chat, ...parts, { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] });
    const got = sources.map((_, index) =>
      events
        .flatMap(choicesOf)
        .flatMap((choice) => (choice.delta.tool_calls ?? []) as { index: number; function: { arguments: string } }[])
        .filter((each) => each.index === index)
        .map((each) => each.function.arguments)
        .join(''),
    );
    expect(JSON.parse(got[0] ?? '')).toEqual({
      text: expect.stringMatching(/MASKED_PRIVATE_KEY_[0-9a-f]{8}/) as string,
    });
    expect(got[1]).toBe(sources[1]);
    expect(JSON.parse(got[2] ?? '')).toEqual({
      text: expect.stringMatching(/^ghp_MASKED_GITHUB_[0-9a-f]{8}$/) as string,
    });
  });

  test('arguments that never became JSON are masked as text', () => {
    const outcome = exchangeOf(
      { path: chat },
      {
        type: 'text/event-stream',
        body: sse(call(`{"command":"echo ${secret.slice(0, 12)}`), call(`${secret.slice(12)} && `)),
      },
    );
    expect(outcome.body.toString()).not.toContain(secret.slice(12));
    expect(outcome.body.toString()).toMatch(/MASKED_AWS_[0-9a-f]{8}/);
  });
});

describe('responses', () => {
  const argumentsSource = JSON.stringify({ command: 'login', text: key, env: { password: 'hunter2 is long' } });
  const text = `Key: ${secret}\n${key}`;
  const item = {
    type: 'message',
    id: 'msg_1',
    role: 'assistant',
    content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
  };
  const call = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'run', arguments: argumentsSource };
  const reasoning = {
    type: 'reasoning',
    id: 'rs_1',
    summary: [{ type: 'summary_text', text }],
    encrypted_content: secret,
  };
  const at = { output_index: 0, content_index: 0, item_id: 'msg_1' };
  const parts = (source: string) => source.match(/[^]{1,11}/g) ?? [];

  const events = stream(
    responses,
    { type: 'response.created', sequence_number: 0, response: { id: 'resp_1', instructions: 'Be brief.', output: [] } },
    ...parts(text).map((each, i) => ({
      type: 'response.output_text.delta',
      ...at,
      delta: each,
      logprobs: [],
      sequence_number: i + 1,
    })),
    { type: 'response.output_text.done', ...at, text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part: item.content[0] },
    { type: 'response.output_item.done', output_index: 0, item },
    ...parts(text).map((each) => ({
      type: 'response.reasoning_summary_text.delta',
      output_index: 1,
      summary_index: 0,
      delta: each,
    })),
    { type: 'response.reasoning_summary_text.done', output_index: 1, summary_index: 0, text },
    { type: 'response.output_item.done', output_index: 1, item: reasoning },
    ...parts(argumentsSource).map((each) => ({
      type: 'response.function_call_arguments.delta',
      output_index: 2,
      delta: each,
    })),
    { type: 'response.function_call_arguments.done', output_index: 2, arguments: argumentsSource },
    { type: 'response.output_item.done', output_index: 2, item: call },
    {
      type: 'response.completed',
      response: { id: 'resp_1', output: [item, reasoning, call], usage: { input_tokens: 1 } },
    },
  );
  const ofType = (type: string) => events.filter((event) => event['type'] === type);
  const deltas = (type: string) =>
    ofType(type)
      .map((event) => event['delta'] as string)
      .join('');
  const masked = deltas('response.output_text.delta');

  test('every copy of a text is masked in the same way', () => {
    expect(masked).toMatch(
      /^Key: AKIAMASKED_AWS_[0-9a-f]{8}\n-----BEGIN PRIVATE KEY-----\nMASKED_PRIVATE_KEY_[0-9a-f]{8}\n/,
    );
    const content = { ...item.content[0], text: masked };
    expect(ofType('response.output_text.done')).toMatchObject([{ text: masked }]);
    expect(ofType('response.content_part.done')).toMatchObject([{ part: content }]);
    expect(deltas('response.reasoning_summary_text.delta')).toBe(masked);
    expect(ofType('response.reasoning_summary_text.done')).toMatchObject([{ text: masked }]);
    const [first, second] = ofType('response.output_item.done');
    expect(first).toMatchObject({ item: { ...item, content: [content] } });
    // Encrypted reasoning is never touched, even where it looks like a secret.
    const maskedReasoning = {
      ...reasoning,
      summary: [{ type: 'summary_text', text: masked }],
      encrypted_content: secret,
    };
    expect(second).toMatchObject({ item: maskedReasoning });
    expect(ofType('response.completed')).toMatchObject([
      { response: { output: [{ content: [content] }, maskedReasoning, { name: 'run' }], usage: { input_tokens: 1 } } },
    ]);
  });

  test('every copy of the arguments of a call is the same JSON', () => {
    const source = deltas('response.function_call_arguments.delta');
    expect(JSON.parse(source)).toEqual({
      command: 'login',
      text: expect.stringMatching(/^-----BEGIN PRIVATE KEY-----\nMASKED_PRIVATE_KEY_[0-9a-f]{8}\n/) as string,
      env: { password: expect.stringMatching(/MASKED/) as string },
    });
    expect(ofType('response.function_call_arguments.done')).toMatchObject([{ arguments: source }]);
    expect(ofType('response.output_item.done')[2]).toMatchObject({ item: { arguments: source } });
    expect(ofType('response.completed')).toMatchObject([{ response: { output: [{}, {}, { arguments: source }] } }]);
  });

  test('not streamed: the same', () => {
    const body = JSON.stringify({ id: 'resp_1', output: [item, reasoning, call] });
    for (const cuts of [[], everyBytes(Buffer.from(body), 13)]) {
      const outcome = exchangeOf({ path: responses }, { type: 'application/json', body }, cuts);
      expect(JSON.parse(outcome.body.toString())).toMatchObject({
        output: [
          { content: [{ text: masked }] },
          { summary: [{ text: masked }], encrypted_content: secret },
          { arguments: deltas('response.function_call_arguments.delta') },
        ],
      });
    }
  });
});

test('Ollama: the tokens of the conversation go when something was masked', () => {
  const lines = (text: string) =>
    [
      { response: text.slice(0, 9), done: false },
      { response: text.slice(9), done: false },
      { response: '', done: true, context: [1, 2, 3], eval_count: 9 },
    ]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join('');
  const lastLine = (text: string) =>
    JSON.parse(
      exchangeOf({ path: '/api/generate' }, { type: 'application/x-ndjson', body: lines(text) })
        .body.toString()
        .split('\n')[2] ?? '',
    ) as object;
  expect(lastLine('There is nothing to hide.')).toMatchObject({ context: [1, 2, 3], eval_count: 9 });
  expect(lastLine(`It is ${secret}.`)).toMatchObject({ context: [], eval_count: 9 });
});

test('Anthropic: text of a start event, citations, and signatures that look like secrets', () => {
  const events = stream(
    '/v1/messages',
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: secret.slice(0, 10) } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: secret.slice(10) } },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'citations_delta', citation: { cited_text: other, encrypted_index: other } },
    },
    { type: 'content_block_delta', index: 1, delta: { type: 'signature_delta', signature: secret } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_stop' },
  );
  const [start, text, citation, signature] = events as {
    content_block: { text: string };
    delta: Record<string, unknown>;
  }[];
  expect(`${start?.content_block.text ?? ''}${String(text?.delta['text'])}`).toMatch(/^AKIAMASKED_AWS_[0-9a-f]{8}$/);
  expect(citation?.delta['citation']).toMatchObject({
    cited_text: expect.stringMatching(/^ghp_MASKED/) as string,
    encrypted_index: other,
  });
  expect(signature?.delta['signature']).toBe(secret);
});

test('a changed policy holds from the next event on', () => {
  let current = masking({ packs: [] });
  const exchange = startExchange({ path: chat, masking: () => current });
  exchange.begin();
  exchange.step({ type: 'request-end', trailers: [], at: 0 });
  const head = { status: 200, statusText: 'OK', headers: ['content-type', 'text/event-stream'] };
  exchange.step({ type: 'response-head', head, at: 0 });
  const send = (content: string): string =>
    outcomeOf(
      exchange.step({ type: 'response-bytes', bytes: Buffer.from(sse(delta(content))), at: 1 }),
    ).body.toString();
  expect(send(`first ${secret} `)).toContain(secret);
  current = masking();
  const second = send(`then ${secret} . `);
  expect(second).not.toContain(secret);
  expect(second).toMatch(/AKIAMASKED_AWS_/);
});

test('a held text leaves when other texts go on for long, masked or not', () => {
  // The beginning of a secret, then silence of that choice: its events must not hold the others for ever.
  const others = Array.from({ length: 200 }, (_, i) => delta(`word${i} `, 1));
  const body = Buffer.from(sse(delta(`x ${secret.slice(0, 10)}`, 0), ...others));
  const exchange = startExchange({ path: chat });
  exchange.begin();
  exchange.step({ type: 'request-end', trailers: [], at: 0 });
  const head = { status: 200, statusText: 'OK', headers: ['content-type', 'text/event-stream'] };
  exchange.step({ type: 'response-head', head, at: 0 });
  const commands = cutAt(body, everyBytes(body, 100)).flatMap((bytes) =>
    exchange.step({ type: 'response-bytes', bytes, at: 1 }),
  );
  expect(outcomeOf(commands).body.toString()).toContain('word150 ');
});

test('what stands beside the data of an event is masked too', () => {
  const events = [
    `: debug ${secret}\nevent: say\nid: ${other}\ndata: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n`,
    `: ${secret}\ndata: {"choices":\ndata: []}\n\n`,
    `: ${secret}\ndata: [DONE]\n\n`,
  ];
  for (const observe of [false, true]) {
    const outcome = exchangeOf({ path: chat, observe }, { type: 'text/event-stream', body: events.join('') });
    const text = outcome.body.toString();
    expect(outcome.findings).toHaveLength(4);
    if (observe) {
      expect(text).toBe(events.join(''));
      continue;
    }
    expect(text).not.toContain(secret.slice(4, 12));
    expect(text).not.toContain(other.slice(4, 12));
    expect(text).toMatch(/^: debug AKIAMASKED_AWS_[0-9a-f]{8}\nevent: say\nid: ghp_MASKED_GITHUB_[0-9a-f]{8}\ndata: /);
    expect(text).toMatch(/"content":"Hi"[^]*data: \[DONE\]\n\n$/);
  }
});

test('Vertex: the arguments of a call, streamed value by value', () => {
  const part = (jsonPath: string, stringValue: string, willContinue: boolean): object => ({
    candidates: [
      {
        content: {
          parts: [{ functionCall: { partialArgs: [{ jsonPath, stringValue, willContinue }], willContinue } }],
        },
      },
    ],
  });
  const events = stream(
    '/v1/projects/p/locations/l/publishers/google/models/m:streamGenerateContent?alt=sse',
    part('$.command', `echo ${secret.slice(0, 9)}`, true),
    part('$.folder', 'elsewhere', false),
    part('$.command', secret.slice(9), false),
    { candidates: [{ finishReason: 'STOP' }] },
  );
  const text = JSON.stringify(events);
  expect(text).not.toContain(secret.slice(9));
  expect(text).toMatch(/echo AKIAMASKED_AWS_[0-9a-f]{8}/);
  expect(text).toContain('elsewhere');
});
