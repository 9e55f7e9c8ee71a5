// Anthropic messages: a `tool_use` block that is refused becomes a text block at the same index.

import { arrayAt, isObject, numberAt, objectAt } from '../parts.ts';
import type { CallPart, JsonObject, Refuser, ToolCalls, Verdicts } from './tool-calls.ts';

export const anthropicToolCalls: ToolCalls = {
  read(event) {
    if (event['type'] === 'message')
      return arrayAt(event, 'content').flatMap((block, index) => startOf(block, index.toString(), true));
    const call = numberAt(event, 'index', 0).toString();
    if (event['type'] === 'content_block_start') return startOf(event['content_block'], call, false);
    const delta = objectAt(event, 'delta');
    if (event['type'] !== 'content_block_delta' || typeof delta?.['partial_json'] !== 'string') return [];
    return [{ call, piece: delta['partial_json'] }];
  },
  refuser: () => rewrite,
};

/** `server_tool_use` and `mcp_tool_use` are run by the provider: holding them would only hide what was done. */
function startOf(block: unknown, call: string, complete: boolean): CallPart[] {
  if (!isObject(block) || block['type'] !== 'tool_use') return [];
  const name = typeof block['name'] === 'string' ? block['name'] : '';
  return [
    {
      call,
      name,
      input: block['input'],
      ...(complete ? { complete: true } : {}),
    },
  ];
}

const rewrite: Refuser = (event, verdicts) => {
  const index = event['index'];
  switch (event['type']) {
    case 'message':
      return [whole(event, verdicts)];
    case 'content_block_start': {
      const refusal = verdicts.refusal(String(index));
      if (refusal === undefined || objectAt(event, 'content_block')?.['type'] !== 'tool_use') return [event];
      return [
        { ...event, content_block: { type: 'text', text: '' } },
        {
          type: 'content_block_delta',
          index,
          delta: { type: 'text_delta', text: refusal },
        },
      ];
    }
    case 'content_block_delta': {
      const isInput = objectAt(event, 'delta')?.['type'] === 'input_json_delta';
      return isInput && verdicts.refusal(String(index)) !== undefined ? [] : [event];
    }
    case 'message_delta': {
      const delta = objectAt(event, 'delta');
      return [delta === undefined ? event : { ...event, delta: { ...delta, ...stopReason(delta, verdicts) } }];
    }
  }
  return [event];
};

function whole(message: JsonObject, verdicts: Verdicts): JsonObject {
  const content = arrayAt(message, 'content').map((block, index) => {
    const refusal = isObject(block) && block['type'] === 'tool_use' ? verdicts.refusal(index.toString()) : undefined;
    return refusal === undefined ? block : { type: 'text', text: refusal };
  });
  return { ...message, content, ...stopReason(message, verdicts) };
}

function stopReason(holder: JsonObject, verdicts: Verdicts): JsonObject {
  return holder['stop_reason'] === 'tool_use' && !verdicts.allows() ? { stop_reason: 'end_turn' } : {};
}
