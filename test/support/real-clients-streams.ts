// The recorded tool calls with another tool and other arguments: each client has a tool of its own that runs a command.

import type { OwnAnswer } from './playback.ts';
import { loadStream } from './streams.ts';

export interface ToolCall {
  readonly name: string;
  /** Text: input of a "custom" tool of the Responses API, which is no JSON. */
  readonly input: Readonly<Record<string, unknown>> | string;
}

export type StreamApi = 'openai-chat' | 'openai-responses' | 'anthropic' | 'gemini-sse' | 'ollama-chat';

type Json = { [key: string]: unknown };

interface Rewriting {
  /** The object that holds a piece of the arguments, and its key there; undefined for events that hold none. */
  readonly piece?: (event: Json) => readonly [holder: Json, key: string] | undefined;
  /** How the whole arguments stand in an object that names the tool. */
  readonly whole: Readonly<Record<string, 'text' | 'object'>>;
}

const rewritings: Record<StreamApi, Rewriting> = {
  'openai-chat': {
    piece(event) {
      const call = at(event, 'choices', 0, 'delta', 'tool_calls', 0);
      return call === undefined || 'id' in call ? undefined : [call['function'] as Json, 'arguments'];
    },
    whole: {},
  },
  anthropic: {
    piece(event) {
      const delta = at(event, 'delta');
      return delta?.['type'] === 'input_json_delta' ? [delta, 'partial_json'] : undefined;
    },
    whole: {},
  },
  'openai-responses': {
    piece: (event) => (event['type'] === 'response.function_call_arguments.delta' ? [event, 'delta'] : undefined),
    whole: { arguments: 'text' },
  },
  'gemini-sse': { whole: { args: 'object' } },
  'ollama-chat': { whole: { arguments: 'object' } },
};

/** The recording `<api>-tool` with this call in it, its arguments in pieces of 8 characters where the API streams them. */
export function toolStream(api: StreamApi, call: ToolCall): OwnAnswer {
  const { status, headers, chunks } = loadStream(`${api}-tool`, '');
  const { piece, whole } = rewritings[api];
  const source = typeof call.input === 'string' ? call.input : JSON.stringify(call.input);
  let pieces = source.match(/[^]{1,8}/g) ?? [];
  let sequence = 0;
  const frames = chunks
    .join('')
    .split(api === 'ollama-chat' ? /(?<=\n)/ : /(?<=\n\r?\n)/)
    .flatMap((frame) => {
      const [, before = '', json, end = ''] = /^((?:event: .*\n)?(?:data: )?)(\{.*\})(\s+)$/.exec(frame) ?? [];
      if (json === undefined) return [frame];
      const holds = (event: Json) => piece?.(event);
      const event = JSON.parse(json) as Json;
      // All pieces stand where the first one stood.
      const texts = holds(event) === undefined ? [''] : pieces;
      if (holds(event) !== undefined) pieces = [];
      return texts.map((text) => {
        const copy = JSON.parse(json) as Json;
        const [holder, key] = holds(copy) ?? [];
        if (holder !== undefined && key !== undefined) holder[key] = text;
        replaceWhole(copy, whole, call, source);
        if ('sequence_number' in copy) copy['sequence_number'] = sequence++;
        const written = before + JSON.stringify(copy) + end;
        return typeof call.input === 'string' ? asCustomCall(written) : written;
      });
    });
  return { status, headers, body: frames.join('') };
}

/** The recordings' tools are called `bash`, `Bash` or `run_shell_command`. */
function replaceWhole(value: unknown, whole: Rewriting['whole'], call: ToolCall, source: string): void {
  if (typeof value !== 'object' || value === null) return;
  const object = value as Json;
  if (typeof object['name'] === 'string') object['name'] = call.name;
  for (const [key, form] of Object.entries(whole)) {
    // An empty text is that of a call that has just begun.
    if (key in object && object[key] !== '') object[key] = form === 'text' ? source : call.input;
  }
  for (const each of Object.values(object)) replaceWhole(each, whole, call, source);
}

/** A function call's event as that of a custom tool call (openai-node, `ResponseCustomToolCall`). */
function asCustomCall(frame: string): string {
  return frame
    .replaceAll('response.function_call_arguments.', 'response.custom_tool_call_input.')
    .replaceAll('fc_mock01', 'ctc_mock01')
    .replaceAll('"type":"function_call"', '"type":"custom_tool_call","namespace":"functions"')
    .replaceAll('"arguments":', '"input":');
}

function at(value: unknown, ...path: readonly (string | number)[]): Json | undefined {
  let found = value;
  for (const step of path) found = (found as Record<string | number, unknown> | null | undefined)?.[step];
  return found as Json | undefined;
}
