import { describe, expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import type { ExchangeRecord, RecordedCall } from '../../src/contract/records.ts';
import { threadsOf } from '../../src/sessions/threads.ts';
import { closedRecord, openedRecord } from './records.ts';

function exchange(
  id: string,
  body: unknown,
  channels: readonly string[] = [],
  calls: readonly RecordedCall[] = [],
): ExchangeRecord {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    ...openedRecord({ id }),
    state: 'done',
    identity: null,
    request: { model: null, body: asMasked(text), truncated: false, bytes: text.length },
    closed: closedRecord({ calls }),
    channels: channels.map((each, i) => ({
      channel: asMasked(String(i)),
      text: asMasked(each),
      offsets: [0],
      times: [1],
    })),
    findings: [],
    verdicts: [],
  };
}

describe('a call, its exchange and the one that brought the result', () => {
  const histories: Readonly<Record<string, unknown>> = {
    'OpenAI chat': {
      messages: [
        {
          role: 'assistant',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'run', arguments: '{"a": 1, "b": [2]}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'done' },
      ],
    },
    'OpenAI responses': {
      input: [
        { type: 'function_call', call_id: 'c1', name: 'run', arguments: '{"b":[2],"a":1}' },
        { type: 'function_call_output', call_id: 'c1', output: 'done' },
      ],
    },
    Anthropic: {
      messages: [
        { role: 'assistant', content: [{ type: 'tool_use', id: 'c1', name: 'run', input: { a: 1, b: [2] } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'done' }] },
      ],
    },
    Gemini: {
      contents: [
        { role: 'model', parts: [{ functionCall: { id: 'c1', name: 'run', args: { b: [2], a: 1 } } }] },
        { role: 'user', parts: [{ functionResponse: { id: 'c1', name: 'run', response: {} } }] },
      ],
    },
  };
  test.each(Object.keys(histories))('%s', (dialect) => {
    const session = [
      exchange('other', { messages: [] }, ['{"a":1}']),
      exchange('asks', { messages: [] }, ['I will.', '{"a":1,"b":[2]}']),
      exchange('brings', histories[dialect]),
      // The history comes again with each later request.
      exchange('later', histories[dialect]),
    ];
    expect(threadsOf(session)).toEqual([{ call: 'c1', tool: 'run', calledIn: 'asks', answeredIn: 'brings' }]);
  });

  test('by the ids that a response was recorded with', () => {
    const call = { id: asMasked('c1'), name: asMasked('run') };
    const unanswered = { id: asMasked('c2'), name: asMasked('stop') };
    const session = [
      exchange('asks', '', [], [call, unanswered]),
      // Cut at the bound: no longer JSON.
      exchange('brings', '{"messages":[{"role":"tool","tool_call_id":"c1","content":"very lo'),
    ];
    expect(threadsOf(session)).toEqual([
      { call: 'c1', tool: 'run', calledIn: 'asks', answeredIn: 'brings' },
      { call: 'c2', tool: 'stop', calledIn: 'asks', answeredIn: null },
    ]);
  });

  test('a result of a call that the log does not have', () => {
    const session = [
      exchange('brings', { messages: [{ role: 'tool', tool_call_id: 'c1' }] }),
      exchange('text', 'no JSON'),
    ];
    expect(threadsOf(session)).toEqual([{ call: 'c1', tool: null, calledIn: null, answeredIn: 'brings' }]);
  });
});
