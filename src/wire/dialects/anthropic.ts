// Anthropic messages. Events: @anthropic-ai/sdk types `RawMessageStreamEvent`; unknown event types pass (documented contract).

import { numberAt, objectAt, type Dialect, type KnownString } from '../parts.ts';
import { anthropicToolCalls } from '../tool-calls/anthropic.ts';

export const anthropic: Dialect = {
  id: 'anthropic',
  read(event) {
    const fields = event as Record<string, unknown>;
    const position = numberAt(fields, 'index', 0).toString();
    switch (fields['type']) {
      case 'content_block_delta': {
        return { strings: readDelta(objectAt(event, 'delta'), position), closes: [] };
      }
      case 'content_block_start': {
        // A text block may start with its first piece already in it.
        const block = objectAt(event, 'content_block');
        const key = block?.['type'] === 'text' ? 'text' : block?.['type'] === 'thinking' ? 'thinking' : undefined;
        if (block === undefined || key === undefined || typeof block[key] !== 'string')
          return { strings: [], closes: [] };
        return {
          strings: [{ kind: 'delta', holder: block, key, channel: `${key} ${position}`, position }],
          closes: [],
        };
      }
      case 'content_block_stop':
        return { strings: [], closes: [position] };
      case 'message_stop':
      case 'error':
        return { strings: [], closes: 'all' };
      default:
        return { strings: [], closes: [] };
    }
  },
  untouched: new Set([
    'id',
    'type',
    'role',
    'model',
    'stop_reason',
    'usage',
    'signature',
    'data',
    'encrypted_content',
    'encrypted_index',
    'encrypted_stdout',
    'tool_use_id',
    'file_id',
    'caller',
    'container',
    'service_tier',
    'request_id',
    'media_type',
  ]),
  toolInput: new Set(['input']),
  jsonText: new Set(['partial_json']),
  repeats: new Map(),
  toolCalls: anthropicToolCalls,
  keepAlive: () => 'event: ping\ndata: {"type": "ping"}\n\n',
};

function readDelta(delta: Record<string, unknown> | undefined, position: string): KnownString[] {
  if (delta === undefined) return [];
  // text_delta, thinking_delta, compaction_delta, and whatever comes next: every string that is not protocol is text.
  return Object.keys(delta)
    .filter((key) => typeof delta[key] === 'string' && !anthropic.untouched.has(key))
    .map((key) => {
      const isArguments = delta['type'] === 'input_json_delta' && key === 'partial_json';
      const channel = `${isArguments ? 'tool call' : key} ${position}`;
      return { kind: isArguments ? 'arguments' : 'delta', holder: delta, key, channel, position };
    });
}
