// Who said what, from the bodies of every dialect.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import { questionContext } from '../../src/core/question-context.ts';
import { turnsOfRequest, turnsOfResponse } from '../../src/core/turns.ts';
import type { ExchangeRecord } from '../../src/contract/records.ts';

const said = (body: object) => turnsOfRequest(JSON.stringify(body))?.map(({ by, text }) => `${by}: ${text}`);

test.each<[string, object, string[]]>([
  [
    'OpenAI chat',
    {
      messages: [
        { role: 'developer', content: 'Be short.' },
        { role: 'user', content: [{ type: 'text', text: 'Clean up.' }, { type: 'image_url' }] },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ function: { name: 'bash', arguments: '{"command":"ls"}' } }],
        },
        { role: 'tool', content: 'a.txt' },
      ],
    },
    ['system: Be short.', 'user: Clean up.', 'assistant: bash {"command":"ls"}', 'tool: a.txt'],
  ],
  [
    'OpenAI responses',
    {
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'Clean up.' }] },
        { type: 'function_call', name: 'bash', arguments: '{}' },
        { type: 'function_call_output', output: 'done' },
      ],
    },
    ['user: Clean up.', 'assistant: bash {}', 'tool: done'],
  ],
  ['one text', { input: 'Clean up.' }, ['user: Clean up.']],
  [
    'Anthropic',
    {
      messages: [
        { role: 'user', content: 'Clean up.' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm' },
            { type: 'text', text: 'I look first.' },
            { type: 'tool_use', name: 'Bash', input: { command: 'ls' } },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', content: [{ type: 'text', text: 'a.txt' }] }] },
      ],
    },
    ['user: Clean up.', 'assistant: I look first.', 'assistant: Bash {"command":"ls"}', 'tool: a.txt'],
  ],
  [
    'Gemini, wrapped',
    {
      request: {
        contents: [
          { role: 'user', parts: [{ text: 'Clean up.' }] },
          { role: 'model', parts: [{ functionCall: { name: 'run', args: { c: 1 } } }] },
          { role: 'user', parts: [{ functionResponse: { response: { ok: true } } }] },
        ],
      },
    },
    ['user: Clean up.', 'assistant: run {"c":1}', 'tool: {"ok":true}'],
  ],
])('%s', (_, body, expected) => {
  expect(said(body)).toEqual(expected);
});

test('a body that is not whole is not guessed at', () => {
  expect(turnsOfRequest('{"messages":[{"role":"user","content":"Cle')).toBeUndefined();
  expect(turnsOfRequest(null)).toBeUndefined();
});

test('whatever a client sends: turns, or nothing, and never an error', () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom('messages', 'contents', 'input', 'prompt', 'request'), (json, key) => {
      for (const { by, text } of turnsOfRequest(`{"${key}":${json}}`) ?? []) {
        expect(['system', 'user', 'assistant', 'tool']).toContain(by);
        expect(text.trim()).not.toBe('');
      }
    }),
    { examples: [['""', 'prompt']] },
  );
});

test('the context ends with what the assistant said in this response, and is bounded', () => {
  const messages = Array.from({ length: 40 }, (_, i) => ({ role: 'user', content: `${i} ${'x'.repeat(20_000)}end` }));
  const channel = { channel: asMasked('text 0'), text: asMasked('I do that now.'), offsets: [0], times: [1] };
  const call = { ...channel, channel: asMasked('tool call 0.1') };
  const record = {
    request: { body: asMasked(JSON.stringify({ messages })) },
    channels: [channel, call],
    identity: null,
  } as unknown as ExchangeRecord;
  const { turns, earlier } = questionContext(record);
  expect(turns).toHaveLength(12);
  expect(earlier).toBe(29);
  expect(turns.at(-1)).toEqual({ by: 'assistant', text: 'I do that now.', isCut: false });
  expect(turns[0]).toMatchObject({ isCut: true });
  expect(turns[0]?.text).toMatch(/end$/);
  expect(turns[0]?.text.length).toBe(8_000);
  expect(turnsOfResponse([call])).toEqual([]);
  expect(questionContext(undefined).turns).toEqual([]);
});
