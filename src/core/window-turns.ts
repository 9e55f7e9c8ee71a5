// A request or an answer taken apart into turns, whatever the protocol: who said it, and texts, reasoning, tool calls and
// their results in order. For people to read: what it does not know it gives back as JSON.
// Longer than most files: one walk over the forms that providers have for the same things.

export type Role = 'system' | 'user' | 'assistant' | 'tool';

export interface TurnPart {
  readonly kind: 'text' | 'reasoning' | 'call' | 'result' | 'other';
  /** The tool, or what kind of thing it is. */
  readonly name: string;
  readonly text: string;
}

export interface Turn {
  readonly role: Role;
  readonly parts: readonly TurnPart[];
  /** The same for the same turn. */
  readonly key: string;
}

type Members = Readonly<Record<string, unknown>>;

/** Undefined: it is no JSON that holds a conversation. */
export function turnsOfRequest(body: string): Turn[] | undefined {
  const request = parsed(body);
  if (request === undefined) return undefined;
  const { system, instructions, systemInstruction, messages, input, contents, prompt } = request;
  const begin = [system, instructions, systemInstruction].filter((each) => each !== undefined && each !== null);
  const said = [messages, input, contents, prompt].find((each) => each !== undefined && each !== null);
  if (said === undefined) return undefined;
  const names = new Map<string, string>();
  return withText([
    ...begin.map((each) => turn('system', each, names)),
    ...(Array.isArray(said) ? said : [said]).map((each: unknown) => turn('user', each, names)),
  ]);
}

/** Of an answer that came as one JSON value; undefined where it is of no known form. */
export function partsOfAnswer(body: string): TurnPart[] | undefined {
  const answer = parsed(body);
  if (answer === undefined) return undefined;
  const { choices, output, content, candidates, message, response } = answer;
  const said = Array.isArray(choices)
    ? choices.map((choice: unknown) => (isMembers(choice) ? (choice['message'] ?? choice['text']) : choice))
    : Array.isArray(candidates)
      ? candidates.map((candidate: unknown) => (isMembers(candidate) ? candidate['content'] : candidate))
      : Array.isArray(output)
        ? output
        : isMembers(output)
          ? [output['message']]
          : [content ?? message ?? response];
  const parts = said.filter((each) => each != null).flatMap((each) => turn('assistant', each, new Map()).parts);
  return parts.length === 0 ? undefined : parts;
}

function parsed(body: string): Members | undefined {
  for (const text of [() => body, () => closed(body)]) {
    try {
      const value: unknown = JSON.parse(text());
      return isMembers(value) ? value : undefined;
    } catch {
      // The log keeps the beginning of a long body: what is whole in it can be read.
    }
  }
  return undefined;
}

/** JSON that was cut off, up to its last whole value, with all that is open closed. */
function closed(json: string): string {
  const open: string[] = [];
  let ends: { at: number; open: string } = { at: 0, open: '' };
  let inString = false;
  for (let i = 0; i < json.length; i++) {
    const unit = json[i];
    if (inString) {
      if (unit === '\\') i++;
      else if (unit === '"') inString = false;
      continue;
    }
    if (unit === '"') inString = true;
    else if (unit === '{' || unit === '[') open.push(unit === '{' ? '}' : ']');
    else if (unit === '}' || unit === ']') open.pop();
    // Before a comma and behind a bracket stands a whole value.
    if (unit === ',' || unit === '}' || unit === ']')
      ends = { at: unit === ',' ? i : i + 1, open: open.toReversed().join('') };
  }
  return json.slice(0, ends.at) + ends.open;
}

/** `names`: of tools, by the ids of their calls. */
function turn(otherwise: Role, said: unknown, names: Map<string, string>): Turn {
  const role = isMembers(said) ? roleOf(said, otherwise) : otherwise;
  return { role, parts: partsOf(said, names), key: JSON.stringify(said) };
}

function roleOf({ role, type }: Members, otherwise: Role): Role {
  if (role === 'assistant' || role === 'model') return 'assistant';
  if (role === 'system' || role === 'developer') return 'system';
  if (role === 'tool' || role === 'function') return 'tool';
  if (role === 'user') return 'user';
  if (typeof type !== 'string') return otherwise;
  if (type.endsWith('_output')) return 'tool';
  return type.endsWith('_call') || type === 'reasoning' ? 'assistant' : otherwise;
}

function partsOf(said: unknown, names: Map<string, string>): TurnPart[] {
  if (said === null || said === undefined || said === '') return [];
  if (typeof said === 'string') return [{ kind: 'text', name: '', text: said }];
  if (Array.isArray(said)) return said.flatMap((each) => partsOf(each, names));
  if (!isMembers(said)) return [other('', said)];
  const one = partOf(said, names);
  if (one !== undefined) return one;
  const { content, parts, reasoning_content: reasoning, thinking, tool_calls: calls, function_call: legacy } = said;
  const inner = content ?? parts;
  const thought = [reasoning, thinking].find((each) => typeof each === 'string' && each !== '') as string | undefined;
  const found: TurnPart[] = [
    ...(thought === undefined ? [] : [{ kind: 'reasoning' as const, name: '', text: thought }]),
    ...resultOf(said, inner, names),
    ...(Array.isArray(calls) ? calls : []).flatMap((each: unknown) => (isMembers(each) ? callOf(each, names) : [])),
    ...(isMembers(legacy) ? callOf(legacy, names) : []),
  ];
  return found.length === 0 && inner === undefined && !('role' in said) ? [other(textAt(said, 'type'), said)] : found;
}

/** The content of a message; that of a tool's is the result of a call. */
function resultOf(said: Members, inner: unknown, names: Map<string, string>): TurnPart[] {
  const parts = partsOf(inner, names);
  if (said['role'] !== 'tool' && said['role'] !== 'function') return parts;
  const name = textAt(said, 'name') || (names.get(textAt(said, 'tool_call_id')) ?? '');
  return parts.map(({ kind, text, name: own }) =>
    kind === 'text' ? { kind: 'result', name, text } : { kind, text, name: own },
  );
}

/** A block of a message, or an item of a list of them; undefined: it is a message. */
function partOf(said: Members, names: Map<string, string>): TurnPart[] | undefined {
  const { type, text, thinking, summary, thought, functionCall, functionResponse, toolUse, toolResult } = said;
  if (type === 'thinking' && typeof thinking === 'string') return [{ kind: 'reasoning', name: '', text: thinking }];
  if (type === 'reasoning') {
    const parts = partsOf(summary ?? said['content'] ?? [], names);
    return parts.map((part) => ({ ...part, kind: 'reasoning' }));
  }
  if (type === 'tool_use' || type === 'server_tool_use' || type === 'function_call' || type === 'custom_tool_call')
    return callOf(said, names);
  if (type === 'tool_result' || type === 'function_call_output' || type === 'custom_tool_call_output') {
    const name = names.get(textAt(said, 'tool_use_id') || textAt(said, 'call_id')) ?? '';
    return results(name, said['content'] ?? said['output'], names);
  }
  if (isMembers(functionCall)) return callOf(functionCall, names);
  if (isMembers(toolUse)) return callOf(toolUse, names);
  if (isMembers(functionResponse))
    return [{ kind: 'result', name: textAt(functionResponse, 'name'), text: shown(functionResponse['response']) }];
  if (isMembers(toolResult))
    return results(names.get(textAt(toolResult, 'toolUseId')) ?? '', toolResult['content'], names);
  if (typeof text === 'string') return [{ kind: thought === true ? 'reasoning' : 'text', name: '', text }];
  if (type === 'refusal') return [{ kind: 'text', name: '', text: textAt(said, 'refusal') }];
  if (typeof type === 'string' && !('role' in said) && !('content' in said)) return [other(type, said)];
  return undefined;
}

function results(name: string, content: unknown, names: Map<string, string>): TurnPart[] {
  const parts = partsOf(content ?? '', names);
  return parts.length === 0
    ? [{ kind: 'result', name, text: '' }]
    : parts.map((part) => (part.kind === 'text' ? { kind: 'result', name, text: part.text } : part));
}

function callOf(said: Members, names: Map<string, string>): TurnPart[] {
  const asked = isMembers(said['function']) ? said['function'] : said;
  const name = textAt(asked, 'name');
  const id = [said['call_id'], said['id'], said['toolUseId']].find((each) => typeof each === 'string');
  if (typeof id === 'string') names.set(id, name);
  return [{ kind: 'call', name, text: shown(asked['arguments'] ?? asked['input'] ?? asked['args'] ?? {}) }];
}

/** Images and files stand there by their names. */
function other(name: string, value: unknown): TurnPart {
  const text = shown(value);
  return { kind: 'other', name, text: text.length > 2_000 ? `${text.slice(0, 2_000)}…` : text };
}

/** JSON is set out in lines. */
function shown(value: unknown): string {
  let inner = value;
  if (typeof value === 'string') {
    try {
      inner = JSON.parse(value);
    } catch {
      return value;
    }
  }
  return typeof inner === 'string' ? inner : JSON.stringify(inner, null, 2);
}

/** Without those in which nothing is said. */
function withText(turns: readonly Turn[]): Turn[] {
  return turns.filter(({ parts }) => parts.length > 0);
}

function textAt(members: Members, key: string): string {
  const value = members[key];
  return typeof value === 'string' ? value : '';
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
