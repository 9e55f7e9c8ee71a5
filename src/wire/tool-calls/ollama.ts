// Ollama: calls come whole in `message.tool_calls`; a refused one becomes content.

import { arrayAt, isObject, objectAt } from '../parts.ts';
import { without, withRefusal, type ToolCalls } from './tool-calls.ts';

export const ollamaToolCalls: ToolCalls = {
  read: (event) =>
    arrayAt(objectAt(event, 'message'), 'tool_calls').map((call, index) => {
      const called = objectAt(call, 'function');
      const name = typeof called?.['name'] === 'string' ? called['name'] : '';
      return {
        call: index.toString(),
        single: true,
        name,
        input: called?.['arguments'] ?? {},
        complete: true,
      };
    }),
  refuser: () => (event, verdicts) => {
    const message = objectAt(event, 'message');
    const calls = arrayAt(message, 'tool_calls');
    const refusals = calls.map((call, index) => (isObject(call) ? verdicts.refusal(index.toString()) : undefined));
    if (message === undefined || refusals.every((refusal) => refusal === undefined)) return [event];
    const rest = without(message, 'tool_calls');
    const kept = calls.filter((_call, index) => refusals[index] === undefined);
    const text = refusals.filter((refusal) => refusal !== undefined).join('\n\n');
    const changed = {
      ...rest,
      content: withRefusal(rest['content'], text),
      ...(kept.length > 0 ? { tool_calls: kept } : {}),
    };
    return [{ ...event, message: changed }];
  },
};
