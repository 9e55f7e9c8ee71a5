// OpenAI Responses API over SSE. Events and items: openai-node 6 types `ResponseStreamEvent`, `ResponseOutputItem`.
// The same text comes up to five times (delta, text.done, content_part.done, output_item.done, completed), and
// clients differ in the copy they read: every copy is masked by the same function.

import { nothingRead, numberAt, type Dialect, type KnownString } from '../parts.ts';
import { openaiResponsesToolCalls } from '../tool-calls/openai-responses.ts';

const textDeltas: Readonly<Record<string, string>> = {
  'response.output_text.delta': 'text',
  'response.refusal.delta': 'refusal',
  'response.reasoning_text.delta': 'reasoning',
  'response.reasoning_summary_text.delta': 'reasoning summary',
  'response.audio.transcript.delta': 'transcript',
  'response.code_interpreter_call_code.delta': 'code',
  // Free text for a custom tool, not JSON.
  'response.custom_tool_call_input.delta': 'tool call',
};

const argumentDeltas = new Set(['response.function_call_arguments.delta', 'response.mcp_call_arguments.delta']);

/** Base64 of sound. */
const binaryDeltas = new Set(['response.audio.delta', 'response.output_audio.delta']);

export const openaiResponses: Dialect = {
  id: 'openai-responses',
  read(event) {
    const fields = event as Record<string, unknown>;
    const type = typeof fields['type'] === 'string' ? fields['type'] : '';
    const position = positionOf(fields);
    if (typeof fields['delta'] === 'string') {
      if (binaryDeltas.has(type)) return nothingRead;
      const isArguments = argumentDeltas.has(type);
      // A delta nobody knows is text all the same.
      const name = isArguments ? 'tool call' : (textDeltas[type] ?? type);
      const known: KnownString = {
        kind: isArguments ? 'arguments' : 'delta',
        holder: event,
        key: 'delta',
        channel: `${name} ${position}`,
        position,
      };
      return { strings: [known], closes: [] };
    }
    if (lastEvents.has(type)) return { strings: [], closes: 'all' };
    return { strings: [], closes: type.endsWith('.done') ? [position] : [] };
  },
  untouched: new Set([
    'id',
    'object',
    'type',
    'model',
    'role',
    'status',
    'phase',
    'item_id',
    'call_id',
    'caller',
    'encrypted_content',
    'fingerprint',
    'usage',
    'obfuscation',
    'approval_request_id',
    'container_id',
    'file_id',
    'previous_response_id',
    'partial_image_b64',
    'b64_json',
    'service_tier',
    // The request, echoed.
    'instructions',
    'tools',
    'tool_choice',
    'prompt_cache_key',
    'safety_identifier',
    'metadata',
  ]),
  toolInput: new Set(['arguments', 'input', 'action', 'operation']),
  jsonText: new Set(['arguments']),
  repeats: new Map([['logprobs', '[]']]),
  toolCalls: openaiResponsesToolCalls,
  keepAlive(last) {
    // Sent by the provider itself in long pauses; the only filler that resets Codex's idle timer.
    const number = last === undefined ? 0 : numberAt(last, 'sequence_number', 0);
    return `event: keepalive\ndata: {"type":"keepalive","sequence_number":${number}}\n\n`;
  },
};

const lastEvents = new Set(['response.completed', 'response.incomplete', 'response.failed', 'error']);

/** `output_index.content_index`, as far as the event names them; a summary index stands for a content index. */
function positionOf(fields: Record<string, unknown>): string {
  const output = numberAt(fields, 'output_index', 0).toString();
  const inner = numberAt(fields, 'content_index', numberAt(fields, 'summary_index', -1));
  return inner < 0 ? output : `${output}.${inner}`;
}
