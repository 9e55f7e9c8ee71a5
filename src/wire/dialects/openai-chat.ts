// OpenAI chat completions and legacy completions, and the many servers that speak them
// (Azure, Mistral, Groq, OpenRouter, DeepSeek, xAI, vLLM, LM Studio, llama.cpp, Copilot, Ollama's /v1).
// Fields: openai-node 6 types `ChatCompletionChunk`, `Completion`; vendor additions named beside them.

import { arrayAt, blankFrame, isObject, numberAt, objectAt, type Dialect, type KnownString } from '../parts.ts';
import { openaiChatToolCalls } from '../tool-calls/openai-chat.ts';

/** Channel names of the text fields of `choices[].delta`; a string field nobody knows is text all the same. */
const deltaNames: ReadonlyMap<string, string> = new Map([
  ['content', 'text'],
  ['refusal', 'refusal'],
  ['reasoning_content', 'reasoning'], // DeepSeek, xAI, Qwen, vLLM
  ['reasoning', 'reasoning'], // OpenRouter, Groq, newer vLLM
  ['reasoning_text', 'reasoning'], // Copilot
]);

export const openaiChat: Dialect = {
  id: 'openai-chat',
  read(event) {
    const strings: KnownString[] = [];
    const closes: string[] = [];
    arrayAt(event, 'choices').forEach((choice, place) => {
      if (!isObject(choice)) return;
      const index = numberAt(choice, 'index', place).toString();
      // Legacy completions carry the text on the choice itself.
      if (typeof choice['text'] === 'string') strings.push(delta(choice, 'text', `text ${index}`, index));
      // Some compatible servers stream pieces of a message instead of a delta.
      readDelta(objectAt(choice, 'delta') ?? objectAt(choice, 'message'), index, strings);
      if (typeof choice['finish_reason'] === 'string') closes.push(index);
    });
    return { strings, closes };
  },
  untouched: new Set([
    'id',
    'object',
    'model',
    'role',
    'type',
    'finish_reason',
    'native_finish_reason',
    'system_fingerprint',
    'service_tier',
    'provider',
    'usage',
    'obfuscation',
    'reasoning_opaque',
    'cot_id',
    'signature',
    'encrypted_content',
    'tool_call_id',
    'content_filter_results',
    'prompt_filter_results',
    // Base64 of audio; its transcript is masked.
    'data',
    'b64_json',
    'p',
  ]),
  toolInput: new Set(['arguments', 'input']),
  jsonText: new Set(['arguments']),
  repeats: new Map([['logprobs', 'null']]),
  toolCalls: openaiChatToolCalls,
  keepAlive(last) {
    // Unknown shapes crash clients that read `choices[0]`: only an empty piece of the stream's own answer will do.
    if (last?.['object'] !== 'chat.completion.chunk') return blankFrame;
    const { id, object, created, model } = last;
    return `data: ${JSON.stringify({ id, object, created, model, choices: [{ index: 0, delta: {}, finish_reason: null }] })}\n\n`;
  },
};

function readDelta(holder: Record<string, unknown> | undefined, index: string, strings: KnownString[]): void {
  if (holder === undefined) return;
  for (const key of Object.keys(holder)) {
    if (typeof holder[key] === 'string' && !openaiChat.untouched.has(key))
      strings.push(delta(holder, key, `${deltaNames.get(key) ?? key} ${index}`, index));
  }
  // Mistral: `content` may be a list of text and thinking chunks.
  arrayAt(holder, 'content').forEach((part) => {
    if (!isObject(part)) return;
    if (typeof part['text'] === 'string') strings.push(delta(part, 'text', `text ${index}`, index));
    for (const inner of arrayAt(part, 'thinking')) {
      if (isObject(inner) && typeof inner['text'] === 'string')
        strings.push(delta(inner, 'text', `reasoning ${index}`, index));
    }
  });
  // OpenRouter: typed reasoning beside the plain one.
  arrayAt(holder, 'reasoning_details').forEach((detail, place) => {
    if (!isObject(detail)) return;
    const at = numberAt(detail, 'index', place);
    for (const key of ['text', 'summary']) {
      if (typeof detail[key] === 'string')
        strings.push(delta(detail, key, `reasoning detail ${index}.${at}`, `${index}.${at}`));
    }
  });
  const audio = objectAt(holder, 'audio');
  if (audio !== undefined && typeof audio['transcript'] === 'string')
    strings.push(delta(audio, 'transcript', `transcript ${index}`, index));
  arrayAt(holder, 'tool_calls').forEach((call, place) => {
    if (!isObject(call)) return;
    const position = `${index}.${numberAt(call, 'index', place)}`;
    const called = objectAt(call, 'function');
    if (called !== undefined && typeof called['arguments'] === 'string')
      strings.push({ ...delta(called, 'arguments', `tool call ${position}`, position), kind: 'arguments' });
    const custom = objectAt(call, 'custom');
    if (custom !== undefined && typeof custom['input'] === 'string')
      strings.push(delta(custom, 'input', `tool call ${position}`, position));
  });
  const legacy = objectAt(holder, 'function_call');
  if (legacy !== undefined && typeof legacy['arguments'] === 'string')
    strings.push({ ...delta(legacy, 'arguments', `tool call ${index}`, index), kind: 'arguments' });
}

function delta(holder: object, key: string, channel: string, position: string): KnownString {
  return { kind: 'delta', holder, key, channel, position };
}
