// Which dialect a path speaks, and which strings of an event are text.

import { describe, expect, test } from 'vitest';
import { dialectFor, streamsJsonArray } from '../../src/wire/dialects.ts';
import { isObject } from '../../src/wire/parts.ts';

describe('paths', () => {
  test.each([
    ['/v1/chat/completions', 'openai-chat'],
    ['/openai/deployments/d/chat/completions?api-version=2026-01-01', 'openai-chat'],
    ['/api/v1/chat/completions', 'openai-chat'],
    ['/v1/completions', 'openai-chat'],
    ['/v1/fim/completions', 'openai-chat'],
    ['/chat/completions', 'openai-chat'],
    ['/v1/responses', 'openai-responses'],
    ['/backend-api/codex/responses', 'openai-responses'],
    ['/v1/responses/resp_1', 'openai-responses'],
    ['/v1/messages', 'anthropic'],
    ['/v1/messages?beta=true', 'anthropic'],
    ['/v1/projects/p/locations/l/publishers/anthropic/models/m:streamRawPredict', 'anthropic'],
    ['/v1beta/models/m:generateContent', 'gemini'],
    ['/v1beta/models/m:streamGenerateContent?alt=sse', 'gemini'],
    ['/v1internal:streamGenerateContent?alt=sse', 'gemini'],
    ['/api/chat', 'ollama'],
    ['/api/generate', 'ollama'],
    ['/v1/models', 'generic'],
    ['/v2/chat', 'generic'],
    ['/', 'generic'],
    ['/x?path=/v1/chat/completions', 'generic'],
  ])('%s: %s', (path, id) => expect(dialectFor(path).id).toBe(id));

  test('an array streams only where no event stream was asked for', () => {
    expect(streamsJsonArray('/v1beta/models/m:streamGenerateContent')).toBe(true);
    expect(streamsJsonArray('/v1beta/models/m:streamGenerateContent?key=k')).toBe(true);
    expect(streamsJsonArray('/v1beta/models/m:streamGenerateContent?alt=sse')).toBe(false);
    expect(streamsJsonArray('/v1beta/models/m:streamGenerateContent?key=k&alt=sse')).toBe(false);
    expect(streamsJsonArray('/v1beta/models/m:generateContent')).toBe(false);
  });
});

/** `channel=text`, with `!` where the channel waits for its end. */
function read(path: string, event: object): { strings: string[]; closes: readonly string[] | 'all' } {
  const { strings, closes } = dialectFor(path).read(event);
  return {
    strings: strings.map(({ kind, holder, key, channel }) => {
      const text = isObject(holder) ? holder[key] : undefined;
      return `${channel}${kind === 'arguments' ? '!' : ''}=${String(text)}`;
    }),
    closes,
  };
}

describe('events', () => {
  const chat = '/v1/chat/completions';
  const responses = '/v1/responses';
  const messages = '/v1/messages';
  const gemini = '/v1beta/models/m:streamGenerateContent';

  test.each<[string, string, object, string[], string[] | 'all']>([
    [
      'chat text',
      chat,
      { choices: [{ index: 0, delta: { role: 'assistant', content: 'a' }, finish_reason: null }] },
      ['text 0=a'],
      [],
    ],
    [
      'chat, several choices',
      chat,
      {
        choices: [
          { index: 1, delta: { content: 'a' } },
          { index: 0, delta: { refusal: 'b' }, finish_reason: 'stop' },
        ],
      },
      ['text 1=a', 'refusal 0=b'],
      ['0'],
    ],
    [
      'reasoning of three vendors',
      chat,
      {
        choices: [
          { delta: { reasoning_content: 'a' } },
          { delta: { reasoning: 'b' } },
          { delta: { reasoning_text: 'c' } },
        ],
      },
      ['reasoning 0=a', 'reasoning 1=b', 'reasoning 2=c'],
      [],
    ],
    [
      'opaque reasoning is no text',
      chat,
      { choices: [{ index: 0, delta: { reasoning_opaque: 'x', signature: 'y' } }] },
      [],
      [],
    ],
    [
      'reasoning details',
      chat,
      {
        choices: [
          {
            index: 0,
            delta: {
              reasoning_details: [
                { type: 'reasoning.text', text: 'a', signature: 's' },
                { type: 'reasoning.encrypted', data: 'd' },
              ],
            },
          },
        ],
      },
      ['reasoning detail 0.0=a'],
      [],
    ],
    [
      'tool calls',
      chat,
      {
        choices: [
          {
            index: 0,
            delta: {
              tool_calls: [
                { index: 0, id: 'c', function: { name: 'n', arguments: '{' } },
                { index: 2, custom: { name: 'n', input: 'free' } },
              ],
            },
          },
        ],
      },
      ['tool call 0.0!={', 'tool call 0.2=free'],
      [],
    ],
    [
      'a legacy function call',
      chat,
      { choices: [{ index: 0, delta: { function_call: { arguments: '{' } } }] },
      ['tool call 0!={'],
      [],
    ],
    [
      'legacy completions',
      '/v1/completions',
      { choices: [{ index: 0, text: 'a', finish_reason: 'stop' }] },
      ['text 0=a'],
      ['0'],
    ],
    [
      'Mistral content in parts',
      chat,
      {
        choices: [
          {
            index: 0,
            delta: {
              content: [
                { type: 'text', text: 'a' },
                { type: 'thinking', thinking: [{ type: 'text', text: 'b' }] },
              ],
            },
          },
        ],
      },
      ['text 0=a', 'reasoning 0=b'],
      [],
    ],
    [
      'an audio transcript',
      chat,
      { choices: [{ index: 0, delta: { audio: { id: 'a', data: 'AAAA', transcript: 't' } } }] },
      ['transcript 0=t'],
      [],
    ],
    ['an Azure chunk without choices', chat, { choices: [], prompt_filter_results: [] }, [], []],
    ['Copilot: choices is null', chat, { choices: null }, [], []],
    [
      'responses text',
      responses,
      { type: 'response.output_text.delta', output_index: 1, content_index: 2, delta: 'a' },
      ['text 1.2=a'],
      [],
    ],
    [
      'responses arguments',
      responses,
      { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{' },
      ['tool call 1!={'],
      [],
    ],
    [
      'responses custom tool input',
      responses,
      { type: 'response.custom_tool_call_input.delta', output_index: 1, delta: 'a' },
      ['tool call 1=a'],
      [],
    ],
    ['responses sound is no text', responses, { type: 'response.audio.delta', delta: 'AAAA' }, [], []],
    [
      'a responses delta nobody knows',
      responses,
      { type: 'response.dance.delta', output_index: 0, delta: 'a' },
      ['response.dance.delta 0=a'],
      [],
    ],
    [
      'responses done',
      responses,
      { type: 'response.output_text.done', output_index: 1, content_index: 2, text: 'a' },
      [],
      ['1.2'],
    ],
    ['responses completed', responses, { type: 'response.completed', response: {} }, [], 'all'],
    [
      'anthropic text',
      messages,
      { type: 'content_block_delta', index: 3, delta: { type: 'text_delta', text: 'a' } },
      ['text 3=a'],
      [],
    ],
    [
      'anthropic thinking',
      messages,
      { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'a' } },
      ['thinking 0=a'],
      [],
    ],
    [
      'anthropic signature',
      messages,
      { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 's' } },
      [],
      [],
    ],
    [
      'anthropic arguments',
      messages,
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{' } },
      ['tool call 1!={'],
      [],
    ],
    [
      'anthropic, a text that begins in its start event',
      messages,
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'a' } },
      ['text 0=a'],
      [],
    ],
    ['anthropic stop', messages, { type: 'content_block_stop', index: 4 }, [], ['4']],
    ['anthropic end', messages, { type: 'message_stop' }, [], 'all'],
    [
      'gemini',
      gemini,
      {
        candidates: [
          {
            content: { parts: [{ text: 'a' }, { text: 'b', thought: true }, { functionCall: { args: {} } }] },
            finishReason: 'STOP',
          },
        ],
      },
      ['text 0=a', 'thinking 0=b'],
      ['0'],
    ],
    [
      'Code Assist',
      gemini,
      { response: { candidates: [{ index: 1, content: { parts: [{ text: 'a' }] } }] }, traceId: 't' },
      ['text 1=a'],
      [],
    ],
    [
      'ollama chat',
      '/api/chat',
      { message: { role: 'assistant', content: 'a', thinking: 'b' }, done: false },
      ['text 0=a', 'thinking 0=b'],
      [],
    ],
    ['ollama generate', '/api/generate', { response: 'a', done: true }, ['text 0=a'], 'all'],
    ['generic', '/v9', { text: 'a' }, [], []],
  ])('%s', (_, path, event, strings, closes) => expect(read(path, event)).toEqual({ strings, closes }));

  test('events of no shape at all do no harm', () => {
    for (const path of [chat, responses, messages, gemini, '/api/chat', '/v9'])
      for (const event of [
        {},
        { choices: [null, 1, [], {}] },
        { choices: {} },
        { delta: 1 },
        { type: 1, index: 'x' },
        { candidates: [null, { content: { parts: [null] } }] },
        { message: [] },
      ])
        expect(() => dialectFor(path).read(event)).not.toThrow();
  });
});
