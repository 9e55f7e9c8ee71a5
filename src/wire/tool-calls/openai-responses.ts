// OpenAI Responses: a refused item becomes a message at the same `output_index`, in every copy of it: clients differ
// in the copy they act on (Codex: output_item.done, Copilot: response.completed).

import { arrayAt, isObject, numberAt, objectAt } from '../parts.ts';
import type { CallPart, JsonObject, ToolCalls, Verdicts } from './tool-calls.ts';

/** Items that the client runs, with the key that holds their input. Other calls are run by the provider. */
const inputKeys: Readonly<Record<string, string>> = {
  function_call: 'arguments',
  custom_tool_call: 'input',
  local_shell_call: 'action',
  shell_call: 'action',
  apply_patch_call: 'operation',
  computer_call: 'action',
  mcp_approval_request: 'arguments',
};

const pieces: Readonly<Record<string, 'arguments' | 'input'>> = {
  'response.function_call_arguments': 'arguments',
  'response.custom_tool_call_input': 'input',
};

export const openaiResponsesToolCalls: ToolCalls = {
  read(event) {
    const type = typeof event['type'] === 'string' ? event['type'] : '';
    const call = numberAt(event, 'output_index', 0).toString();
    if (type === 'response.output_item.added') return itemPart(event['item'], call, false);
    if (type === 'response.output_item.done') return itemPart(event['item'], call, true);
    const ofPieces = pieces[type.slice(0, type.lastIndexOf('.'))];
    if (ofPieces !== undefined) {
      if (typeof event['delta'] === 'string') return [{ call, piece: event['delta'] }];
      return [{ call, input: event[ofPieces], complete: true }];
    }
    return outputOf(event).flatMap((item, index) => itemPart(item, index.toString(), true));
  },
  refuser() {
    let sequence: number | undefined;
    const begun = new Set<string>();
    return (event, verdicts) =>
      rewrite(event, verdicts, begun).map((out) => {
        if (typeof event['sequence_number'] !== 'number') return out;
        sequence ??= event['sequence_number'];
        return { ...out, sequence_number: sequence++ };
      });
  },
};

function outputOf(event: JsonObject): readonly unknown[] {
  return arrayAt(objectAt(event, 'response') ?? event, 'output');
}

function inputKeyOf(item: unknown): string | undefined {
  return isObject(item) && typeof item['type'] === 'string' ? inputKeys[item['type']] : undefined;
}

function itemPart(item: unknown, call: string, complete: boolean): CallPart[] {
  const key = inputKeyOf(item);
  if (key === undefined || !isObject(item)) return [];
  const name = typeof item['name'] === 'string' ? item['name'] : String(item['type']).replace(/_call$/, '');
  return [{ call, name, ...(complete ? { input: item[key], complete: true } : {}) }];
}

function rewrite(event: JsonObject, verdicts: Verdicts, begun: Set<string>): readonly JsonObject[] {
  const type = typeof event['type'] === 'string' ? event['type'] : '';
  if (outputOf(event).length > 0) return [withoutRefused(event, verdicts)];
  if (typeof event['output_index'] !== 'number') return [event];
  const index = event['output_index'];
  const refusal = verdicts.refusal(index.toString());
  if (refusal === undefined) return [event];
  const item = objectAt(event, 'item');
  const id = messageId(item ?? {}, index);
  if (type === 'response.output_item.added') {
    begun.add(index.toString());
    return beginning(id, index, refusal);
  }
  if (type !== 'response.output_item.done') return [];
  const done = {
    type,
    output_index: index,
    item: message(id, 'completed', [part(refusal)]),
  };
  return begun.has(index.toString()) ? [done] : [...beginning(id, index, refusal), done];
}

function withoutRefused(event: JsonObject, verdicts: Verdicts): JsonObject {
  const output = outputOf(event).map((item, index) => {
    const refusal = inputKeyOf(item) === undefined ? undefined : verdicts.refusal(index.toString());
    return refusal === undefined ? item : message(messageId(item as JsonObject, index), 'completed', [part(refusal)]);
  });
  const response = objectAt(event, 'response');
  return response === undefined ? { ...event, output } : { ...event, response: { ...response, output } };
}

/** The events of a message item up to its end. */
function beginning(id: string, index: number, text: string): readonly JsonObject[] {
  const place = { item_id: id, output_index: index, content_index: 0 };
  return [
    {
      type: 'response.output_item.added',
      output_index: index,
      item: message(id, 'in_progress', []),
    },
    { type: 'response.content_part.added', ...place, part: part('') },
    { type: 'response.output_text.delta', ...place, delta: text, logprobs: [] },
    { type: 'response.output_text.done', ...place, text, logprobs: [] },
    { type: 'response.content_part.done', ...place, part: part(text) },
  ];
}

function message(id: string, status: string, content: readonly JsonObject[]): JsonObject {
  return { id, type: 'message', status, role: 'assistant', content };
}

function part(text: string): JsonObject {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

/** The same in every copy of the item. */
function messageId(item: JsonObject, index: number): string {
  const id = typeof item['id'] === 'string' ? item['id'] : `_${index}`;
  return `msg_${id.slice(id.indexOf('_') + 1)}`;
}
