// An action in one spelling: equal for the same action whatever its blanks and quotes, different for any other.

import { parse, type ParsedScript, type SyntaxNode } from 'unbash';
import type { Proposal } from './proposal.ts';

const shellKeys = /^(?:command|cmd|script|shell_command|bash)$/i;
/** What a model says about a call besides what it does. */
const remarks =
  /^(?:description|explanation|justification|timeout|timeout_ms|yield_time_ms|max_output_tokens|initial_wait|toolsummary)$/i;
const longestShell = 65_536;

export function canonical(proposal: Proposal): string {
  if (proposal.kind === 'code') {
    const language = proposal.language.trim().toLowerCase();
    const isShell = /^(?:ba|z|da|k)?sh$|^shell$/.test(language);
    return `code ${JSON.stringify(language)} ${isShell ? shellText(proposal.text) : JSON.stringify(proposal.text)}`;
  }
  return `tool ${JSON.stringify(proposal.name)} ${json(proposal.input)}`;
}

/** JSON with sorted keys, without recursion: inputs may be nested as deep as a parser allows. */
function json(input: unknown): string {
  const out: string[] = [];
  const isCommand =
    input !== null &&
    typeof input === 'object' &&
    !Array.isArray(input) &&
    Object.entries(input).some(([key, value]) => shellKeys.test(key) && typeof value === 'string');
  type Task = { readonly text: string } | { readonly value: unknown; readonly key: string; readonly top: boolean };
  const tasks: Task[] = [{ value: input, key: '', top: true }];
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if ('text' in task) {
      out.push(task.text);
      continue;
    }
    const { value, key, top } = task;
    if (typeof value === 'string')
      out.push(isCommand && shellKeys.test(key) ? shellText(value) : JSON.stringify(value));
    else if (Array.isArray(value)) {
      out.push('[');
      tasks.push({ text: ']' });
      for (let i = value.length - 1; i >= 0; i--) {
        tasks.push({ value: value[i] as unknown, key: '', top: false });
        if (i > 0) tasks.push({ text: ',' });
      }
    } else if (value !== null && typeof value === 'object') {
      const entries = Object.entries(value)
        .filter(([name]) => !(top && isCommand && remarks.test(name)))
        .sort(([a], [b]) => (a < b ? -1 : 1)) as [string, unknown][];
      out.push('{');
      tasks.push({ text: '}' });
      for (let i = entries.length - 1; i >= 0; i--) {
        const [name, child] = entries[i] ?? ['', null];
        tasks.push({ value: child, key: top ? name : '', top: false }, { text: `${JSON.stringify(name)}:` });
        if (i > 0) tasks.push({ text: ',' });
      }
    } else
      out.push(
        value === undefined
          ? 'null'
          : typeof value === 'number' || typeof value === 'boolean' || value === null
            ? String(value)
            : JSON.stringify(typeof value),
      );
  }
  return out.join('');
}

/** Shell text by its syntax tree; text that does not parse stands for itself. */
function shellText(text: string): string {
  if (text.length > longestShell) return `raw ${JSON.stringify(text)}`;
  const script = plain(text);
  if (script === null) return `raw ${JSON.stringify(text)}`;
  const state = { out: [] as string[], broken: (script.errors?.length ?? 0) > 0, left: 20_000 };
  if (!state.broken) write(script, state, 0);
  // SECURITY: what was not understood to the end must not become equal to anything else.
  return state.broken || state.left <= 0 ? `raw ${JSON.stringify(text)}` : `shell ${state.out.join(' ')}`;
}

/** The tree with every field that the parser would only make when asked; null when it is too deep for that. */
function plain(text: string): ParsedScript | null {
  try {
    return JSON.parse(JSON.stringify(parse(text))) as ParsedScript;
  } catch {
    return null;
  }
}

interface State {
  readonly out: string[];
  broken: boolean;
  left: number;
}

function put(state: State, ...texts: readonly string[]): void {
  for (const text of texts) {
    state.left -= 1 + text.length / 64;
    if (state.left > 0) state.out.push(text);
  }
}

const positions = new Set([
  'pos',
  'end',
  'text',
  'operatorEnd',
  'keywordEnd',
  'parameterPos',
  'parameterEnd',
  'shebang',
  'source',
  'errors',
]);

function write(value: unknown, state: State, depth: number): void {
  if (--state.left <= 0 || depth > 120) {
    state.broken = true;
    return;
  }
  if (value === null || typeof value !== 'object') {
    put(state, value === undefined ? 'undefined' : JSON.stringify(value));
    return;
  }
  if (Array.isArray(value)) {
    put(state, '[');
    for (const each of value) write(each, state, depth + 1);
    put(state, ']');
    return;
  }
  const node = value as SyntaxNode;
  switch (node.type) {
    case 'Word':
      writeWord(node.parts ?? [], node.value, node.text, state, depth);
      return;
    case 'HereDoc':
      put(
        state,
        '<<',
        JSON.stringify(node.body.text),
        String(node.delimiter?.quoted === true),
        JSON.stringify(node.descriptor === undefined ? 0 : { ...node.descriptor, pos: 0, end: 0 }),
        node.operator,
      );
      for (const part of node.body.parts ?? []) if (part.type === 'CommandExpansion') write(part, state, depth + 1);
      return;
    case 'ArithmeticCommand':
      put(state, '((', JSON.stringify(node.body.trim()), '))');
      return;
    case 'ArithmeticExpansion':
      put(state, '$((', JSON.stringify(node.text), '))');
      return;
    case 'CommandExpansion':
      put(state, '$(');
      if (node.script === undefined) put(state, JSON.stringify(node.text));
      else write(node.script, state, depth + 1);
      put(state, ')');
      return;
    case 'Command':
      put(state, '{', 'Command');
      write(node.prefix, state, depth + 1);
      write(node.name ?? null, state, depth + 1);
      write(node.suffix, state, depth + 1);
      put(state, '}');
      return;
    default: {
      if (node.type === 'Script' && (node.errors?.length ?? 0) > 0) state.broken = true;
      put(state, '{', node.type);
      for (const [key, child] of Object.entries(node)) {
        if (key === 'type' || positions.has(key) || child === undefined) continue;
        put(state, `${key}:`);
        write(child, state, depth + 1);
      }
      if (leaves.has(node.type) && 'text' in node) put(state, JSON.stringify(node.text));
      put(state, '}');
    }
  }
}

/** Nodes that stand for themselves as they are written. */
const leaves: ReadonlySet<string> = new Set([
  'SimpleExpansion',
  'BraceExpansion',
  'ExtendedGlob',
  'Glob',
  'ParameterExpansion',
  'ProcessSubstitution',
]);

/**
 * Literal pieces of a word run together, quoted or not; expansions keep whether quotes protect them. A `~` outside of quotes may
 * be the home folder: such a word stands as it is written.
 */
function writeWord(parts: readonly SyntaxNode[], value: string, text: string, state: State, depth: number): void {
  const pieces: string[] = [];
  let open = '';
  const flush = (): void => {
    if (open !== '') pieces.push(JSON.stringify(open));
    open = '';
  };
  const visit = (list: readonly SyntaxNode[], quoted: boolean): void => {
    for (const part of list) {
      if (part.type === 'Literal') {
        if (!quoted && part.text.includes('~')) pieces.push(`~${JSON.stringify(text)}`);
        open += part.value;
      } else if (part.type === 'SingleQuoted' || part.type === 'AnsiCQuoted') open += part.value;
      else if (part.type === 'DoubleQuoted') visit(part.parts, true);
      else {
        flush();
        const from = state.out.length;
        write(part, state, depth + 1);
        pieces.push(quoted ? '"' : '', ...state.out.splice(from));
      }
    }
  };
  if (parts.length === 0) {
    open = value;
    if (text.includes('~')) pieces.push(`~${JSON.stringify(text)}`);
  } else visit(parts, false);
  flush();
  put(state, '(', ...pieces, ')');
}
