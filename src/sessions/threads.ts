// Which exchange asked for a tool, and which one brought its result back: linked by the ids that providers give to calls, as
// later requests repeat them. Read from the masked bodies when somebody asks; ids are no secrets and pass unmasked.

import type { MaskedText } from '../base/text.ts';
import { asMasked } from '../base/text.ts';
import type { ExchangeRecord } from '../contract/records.ts';
import { canonical } from './proof.ts';

/** A tool call and its result. */
export interface ToolThread {
  /** The provider's id of the call. */
  readonly call: MaskedText;
  readonly tool: MaskedText | null;
  /** Id of the exchange whose response asked for it; null when the log does not tell. */
  readonly calledIn: string | null;
  /** Id of the first exchange whose request holds the result; null when none came. */
  readonly answeredIn: string | null;
}

interface Call {
  readonly name: string | null;
  /** JSON of the arguments; undefined where they are not known. */
  readonly input: string | undefined;
}

interface Said {
  readonly calls: Map<string, Call>;
  readonly results: Set<string>;
}

/** @param exchanges of one session, in the order they began */
export function threadsOf(exchanges: readonly ExchangeRecord[]): ToolThread[] {
  const threads = new Map<string, { tool: string | null; calledIn: string | null; answeredIn: string | null }>();
  for (const [i, exchange] of exchanges.entries()) {
    const { calls, results } = saidIn(exchange.request?.body ?? null);
    for (const id of results) {
      const call = calls.get(id);
      const known = threads.get(id);
      if (known !== undefined) {
        known.answeredIn ??= exchange.id;
        known.tool ??= call?.name ?? null;
        continue;
      }
      const calledIn = call?.input === undefined ? null : whoSaid(call.input, exchanges.slice(0, i));
      threads.set(id, { tool: call?.name ?? null, calledIn, answeredIn: exchange.id });
    }
    for (const { id, name } of exchange.closed?.calls ?? [])
      if (!threads.has(id)) threads.set(id, { tool: name, calledIn: exchange.id, answeredIn: null });
  }
  return [...threads].map(([call, { tool, ...where }]) => ({
    call: asMasked(call),
    tool: tool === null ? null : asMasked(tool),
    ...where,
  }));
}

/** The last exchange with a channel that is this JSON, spelled in whatever way. */
function whoSaid(input: string, exchanges: readonly ExchangeRecord[]): string | null {
  return (
    exchanges.findLast(({ channels }) => channels.some(({ text }) => text === input || normalized(text) === input))
      ?.id ?? null
  );
}

function saidIn(body: string | null): Said {
  const said: Said = { calls: new Map(), results: new Set() };
  if (body === null) return said;
  try {
    collect(JSON.parse(body), said, 0);
  } catch {
    // A body that was cut at the log's bound: the ids that are whole still tell.
    for (const [, id] of body.matchAll(/"(?:tool_call_id|tool_use_id)"\s*:\s*"([^"\\]{1,200})"/g))
      if (id !== undefined) said.results.add(id);
  }
  return said;
}

/** Nothing a client sends is that deep. */
const maxDepth = 64;

function collect(value: unknown, said: Said, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > maxDepth) return;
  if (Array.isArray(value)) {
    for (const each of value) collect(each, said, depth + 1);
    return;
  }
  const members = value as Record<string, unknown>;
  const result = resultIn(members);
  if (result !== undefined) said.results.add(result);
  const call = callIn(members);
  if (call !== undefined) said.calls.set(call.id, { name: call.name, input: normalized(call.input) });
  for (const member of Object.values(members)) collect(member, said, depth + 1);
}

/** OpenAI chat: `tool_call_id`; Anthropic: `tool_use_id`; OpenAI responses: the `call_id` of an output; Gemini: `functionResponse`. */
function resultIn(members: Record<string, unknown>): string | undefined {
  const { tool_call_id: chat, tool_use_id: anthropic, type, call_id: response, functionResponse: gemini } = members;
  if (typeof chat === 'string') return chat;
  if (typeof anthropic === 'string' && type === 'tool_result') return anthropic;
  if (typeof response === 'string' && typeof type === 'string' && type.endsWith('_output')) return response;
  const id = typeof gemini === 'object' && gemini !== null && 'id' in gemini ? gemini.id : undefined;
  return typeof id === 'string' ? id : undefined;
}

/** The call that the assistant's turn in the history repeats, in the same dialects. */
function callIn(members: Record<string, unknown>): { id: string; name: string | null; input: unknown } | undefined {
  const { type, id, name, input, call_id: callId, arguments: written, function: asked, functionCall: gemini } = members;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  if (type === 'tool_use' && typeof id === 'string') return { id, name: text(name), input };
  if (type === 'function_call' && typeof callId === 'string') return { id: callId, name: text(name), input: written };
  if (typeof id === 'string' && typeof asked === 'object' && asked !== null) {
    const { name: called, arguments: given } = asked as Record<string, unknown>;
    return { id, name: text(called), input: given };
  }
  if (typeof gemini === 'object' && gemini !== null) {
    const { id: own, name: called, args } = gemini as Record<string, unknown>;
    if (typeof own === 'string') return { id: own, name: text(called), input: args };
  }
  return undefined;
}

/** Arguments as canonical JSON, whether they came as an object or as its text. */
function normalized(input: unknown): string | undefined {
  let value = input;
  if (typeof input === 'string') {
    if (!input.trimStart().startsWith('{')) return undefined;
    try {
      value = JSON.parse(input);
    } catch {
      return undefined;
    }
  }
  return typeof value === 'object' && value !== null ? canonical(value) : undefined;
}
