// Ollama /api/chat and /api/generate: NDJSON, tool calls whole with their arguments as an object.
// Source: the Ollama API documentation, "Generate a chat completion" and "Generate a completion".

import { objectAt, type Dialect, type KnownString } from '../parts.ts';
import { ollamaToolCalls } from '../tool-calls/ollama.ts';

export const ollama: Dialect = {
  id: 'ollama',
  read(event) {
    const fields = event as Record<string, unknown>;
    const strings: KnownString[] = [];
    const add = (holder: Record<string, unknown> | undefined, key: string, channel: string): void => {
      if (typeof holder?.[key] === 'string') strings.push({ kind: 'delta', holder, key, channel, position: '0' });
    };
    const message = objectAt(event, 'message');
    add(message, 'content', 'text 0');
    add(message, 'thinking', 'thinking 0');
    add(fields, 'response', 'text 0');
    add(fields, 'thinking', 'thinking 0');
    return { strings, closes: fields['done'] === true ? 'all' : [] };
  },
  untouched: new Set(['model', 'created_at', 'role', 'done_reason', 'digest', 'images']),
  toolInput: new Set(['arguments']),
  jsonText: new Set(),
  // Token ids of the whole conversation.
  repeats: new Map([['context', '[]']]),
  toolCalls: ollamaToolCalls,
  keepAlive(last) {
    // A blank line makes ollama-js complain; an empty piece of the answer does not.
    if (last === undefined) return '';
    const empty =
      objectAt(last, 'message') === undefined ? { response: '' } : { message: { role: 'assistant', content: '' } };
    return `${JSON.stringify({ model: last['model'], created_at: last['created_at'], ...empty, done: false })}\n`;
  },
};
