// Who said what, read from a recorded exchange: the request's messages and the response's text, in whatever dialect.

import type { RecordedChannel } from '../contract/records.ts';
import type { Turn } from '../contract/procedures/approvals.ts';
import { isObject } from '../wire/parts.ts';

export interface SaidTurn {
  readonly by: Turn['by'];
  /** Of a masked body. */
  readonly text: string;
}

/** In the order in which they were said; undefined where the body is not whole, or of a form that is not known. */
export function turnsOfRequest(body: string | null): readonly SaidTurn[] | undefined {
  const request = parsed(body);
  if (request === undefined) return undefined;
  // Code Assist wraps the usual request.
  const inner = isObject(request['request']) ? request['request'] : request;
  const said = inner['messages'] ?? inner['contents'] ?? inner['input'] ?? inner['prompt'];
  if (typeof said === 'string') return spoken('user', said);
  if (!Array.isArray(said)) return undefined;
  return said.filter(isObject).flatMap(turnsOfMessage);
}

/** What the assistant has said in plain words so far. */
export function turnsOfResponse(channels: readonly RecordedChannel[]): readonly SaidTurn[] {
  return channels
    .filter(({ channel, text }) => channel.startsWith('text') && text.trim() !== '')
    .map(({ text }) => ({ by: 'assistant', text }));
}

function parsed(body: string | null): Record<string, unknown> | undefined {
  if (body === null) return undefined;
  try {
    const value: unknown = JSON.parse(body);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const roles: Readonly<Record<string, Turn['by']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
  model: 'assistant',
  tool: 'tool',
  function: 'tool',
};

/** One message; a call of a tool and its result are turns of their own. */
function turnsOfMessage(message: Record<string, unknown>): SaidTurn[] {
  const type = textOf(message['type']);
  if (type === 'function_call') return [call(message['name'], message['arguments'])];
  if (type === 'function_call_output') return spoken('tool', flat(message['output']));
  const by = roles[textOf(message['role'])];
  if (by === undefined) return [];
  const parts = message['content'] ?? message['parts'];
  const turns = typeof parts === 'string' || by === 'tool' ? spoken(by, flat(parts)) : turnsOfParts(by, parts);
  const calls = Array.isArray(message['tool_calls']) ? message['tool_calls'].filter(isObject) : [];
  for (const each of calls) {
    const asked = isObject(each['function']) ? each['function'] : each;
    turns.push(call(asked['name'], asked['arguments']));
  }
  return turns;
}

function turnsOfParts(by: Turn['by'], parts: unknown): SaidTurn[] {
  if (!Array.isArray(parts)) return [];
  const turns: SaidTurn[] = [];
  for (const part of parts.filter(isObject)) {
    const asked = part['functionCall'];
    const answered = part['functionResponse'];
    if (part['type'] === 'tool_use') turns.push(call(part['name'], part['input']));
    else if (part['type'] === 'tool_result') turns.push(...spoken('tool', flat(part['content'])));
    else if (isObject(asked)) turns.push(call(asked['name'], asked['args']));
    else if (isObject(answered)) turns.push(...spoken('tool', JSON.stringify(answered['response'] ?? null)));
    else turns.push(...spoken(by, textOf(part['text'])));
  }
  return turns;
}

function call(name: unknown, input: unknown): SaidTurn {
  const written = typeof input === 'string' ? input : JSON.stringify(input ?? {});
  return { by: 'assistant', text: `${textOf(name)} ${written}`.trim() };
}

function spoken(by: Turn['by'], text: string): SaidTurn[] {
  return text.trim() === '' ? [] : [{ by, text }];
}

/** All text of a content that may be a string, or a list of parts. */
function flat(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return content === undefined || content === null ? '' : JSON.stringify(content);
  return content
    .filter(isObject)
    .map((part) => textOf(part['text']))
    .filter((text) => text !== '')
    .join('\n');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
