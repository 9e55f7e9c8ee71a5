// Provider answers that want something dangerous done, in the form a request asks for.

import type { OwnAnswer, ReceivedRequest } from './playback.ts';
import { sse } from './exchange.ts';

/** An OpenAI chat answer: some text, then a call of `bash` with the command. Streams when the request does. */
export function chatCall(command: string): (request: Pick<ReceivedRequest, 'body'>) => OwnAnswer {
  return ({ body }) => {
    const call = { id: 'call_1', type: 'function', function: { name: 'bash', arguments: JSON.stringify({ command }) } };
    if (!body.toString().includes('"stream":true')) {
      const message = { role: 'assistant', content: 'On it.', tool_calls: [call] };
      const choices = [{ index: 0, message, finish_reason: 'tool_calls' }];
      return {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices }),
      };
    }
    const chunk = (delta: object, finish: string | null = null): object => ({
      id: 'c',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [{ index: 0, delta, finish_reason: finish }],
    });
    const chunks = [
      chunk({ role: 'assistant', content: 'On it.' }),
      chunk({ tool_calls: [{ index: 0, ...call }] }),
      chunk({}, 'tool_calls'),
    ];
    return { headers: { 'content-type': 'text/event-stream' }, body: `${sse(...chunks)}data: [DONE]\n\n` };
  };
}
