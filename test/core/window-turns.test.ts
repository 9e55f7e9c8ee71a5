// Requests and answers of each protocol as turns; what is cut or strange is read as far as it goes, and never thrown at.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { partsOfAnswer, turnsOfRequest } from '../../src/core/window-turns.ts';

const said = (body: unknown) =>
  turnsOfRequest(JSON.stringify(body))?.map(({ role, parts }) => [
    role,
    ...parts.map(({ kind, name, text }) => [kind, name, text.replace(/\s+/g, ' ')]),
  ]);

describe('requests', () => {
  test('OpenAI chat', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'bash', arguments: '{"command":"ls"}' } };
    expect(
      said({
        messages: [
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'List them.' }] },
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: 'c1', content: 'a b' },
        ],
      }),
    ).toEqual([
      ['system', ['text', '', 'Be brief.']],
      ['user', ['text', '', 'List them.']],
      ['assistant', ['call', 'bash', '{ "command": "ls" }']],
      ['tool', ['result', 'bash', 'a b']],
    ]);
  });

  test('OpenAI responses', () => {
    expect(
      said({
        instructions: 'Be brief.',
        input: [
          { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'List them.' }] },
          { type: 'reasoning', summary: [{ type: 'summary_text', text: 'I should look.' }] },
          { type: 'function_call', call_id: 'c1', name: 'shell', arguments: '{"command":"ls"}' },
          { type: 'function_call_output', call_id: 'c1', output: 'a b' },
        ],
      }),
    ).toEqual([
      ['system', ['text', '', 'Be brief.']],
      ['user', ['text', '', 'List them.']],
      ['assistant', ['reasoning', '', 'I should look.']],
      ['assistant', ['call', 'shell', '{ "command": "ls" }']],
      ['tool', ['result', 'shell', 'a b']],
    ]);
  });

  test('Anthropic', () => {
    const result = { type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'a b' }] };
    expect(
      said({
        system: [{ type: 'text', text: 'Be brief.' }],
        messages: [
          { role: 'user', content: 'List them.' },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'I should look.', signature: 's' },
              { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'ls' } },
            ],
          },
          { role: 'user', content: [result] },
        ],
      }),
    ).toEqual([
      ['system', ['text', '', 'Be brief.']],
      ['user', ['text', '', 'List them.']],
      ['assistant', ['reasoning', '', 'I should look.'], ['call', 'Bash', '{ "command": "ls" }']],
      ['user', ['result', 'Bash', 'a b']],
    ]);
  });

  test('Gemini', () => {
    expect(
      said({
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
        contents: [
          { role: 'user', parts: [{ text: 'List them.' }] },
          { role: 'model', parts: [{ functionCall: { name: 'ls', args: { path: '.' } } }] },
          { role: 'user', parts: [{ functionResponse: { name: 'ls', response: { output: 'a b' } } }] },
        ],
      }),
    ).toEqual([
      ['system', ['text', '', 'Be brief.']],
      ['user', ['text', '', 'List them.']],
      ['assistant', ['call', 'ls', '{ "path": "." }']],
      ['user', ['result', 'ls', '{ "output": "a b" }']],
    ]);
  });

  test('what holds no conversation is none', () => {
    expect(said({ model: 'embedding' })).toBeUndefined();
    expect(turnsOfRequest('not JSON')).toBeUndefined();
  });

  const conversation = JSON.stringify({
    model: 'm',
    messages: Array.from({ length: 12 }, (_, i) => ({
      role: i % 2 === 0 ? 'user' : 'assistant',
      content: `Turn ${i}, with "quotes", [brackets] and a \\ backslash`,
    })),
    stream: true,
  });

  test('cut anywhere, it gives the turns that are whole, in their order', () => {
    const whole = turnsOfRequest(conversation) ?? [];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: conversation.length }), (length) => {
        const cut = conversation.slice(0, length);
        const turns = turnsOfRequest(cut) ?? [];
        expect(turns.map(({ parts }) => parts)).toEqual(whole.slice(0, turns.length).map(({ parts }) => parts));
        expect(turns.length).toBeGreaterThanOrEqual(cut.split('backslash"}').length - 1);
      }),
    );
  });

  test('nothing makes it throw', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (value, text) => {
        turnsOfRequest(JSON.stringify({ messages: value, input: value }));
        turnsOfRequest(JSON.stringify({ contents: [value], systemInstruction: value }));
        turnsOfRequest(text);
        partsOfAnswer(JSON.stringify({ choices: value }));
        partsOfAnswer(JSON.stringify({ output: value, content: value, candidates: [value] }));
      }),
    );
  });
});

const parts = [{ type: 'output_text', text: 'Yes.' }];

test.each([
  ['OpenAI chat', { choices: [{ message: { role: 'assistant', content: 'Yes.' } }] }],
  ['OpenAI responses', { output: [{ type: 'message', role: 'assistant', content: parts }] }],
  ['Anthropic', { role: 'assistant', content: [{ type: 'text', text: 'Yes.' }] }],
  ['Gemini', { candidates: [{ content: { role: 'model', parts: [{ text: 'Yes.' }] } }] }],
  ['Ollama', { message: { role: 'assistant', content: 'Yes.' } }],
  ['Bedrock', { output: { message: { role: 'assistant', content: [{ text: 'Yes.' }] } } }],
])('an answer of %s', (_, body) => {
  expect(partsOfAnswer(JSON.stringify(body))).toEqual([{ kind: 'text', name: '', text: 'Yes.' }]);
});
