// Words of a shell as the program would receive them. What depends on the world outside stays as it is written.
// Longer than most files: one case for each part of a word.

import type { DoubleQuotedChild, ParameterExpansionPart, ParsedScript, Word, WordPart } from 'unbash';
import { spend } from './facts.ts';
import type { Shell } from './shell-state.ts';

/** Runs a substitution and gives what it prints, or null when that cannot be known. */
export type Substitute = (script: ParsedScript, shell: Shell) => string | null;

const maxWord = 16_384;
const maxFields = 256;
const maxChoices = 64;

/** What a word with parts has in it. */
const special = /[$`"'{*?[<>(]/;

/** The fields that a word becomes: none, one or several. */
export function fieldsOf(word: Word, shell: Shell, substitute: Substitute): string[] {
  spend(shell.facts, 1, shell.place);
  // The parts of a word are found when they are asked for; most words have none.
  if (!special.test(word.text) || word.parts === undefined) return [tilde(word.value, word.text, shell)];
  let words: Fields[] = [{ done: [], open: null }];
  for (const part of word.parts) {
    if (part.type === 'BraceExpansion') {
      if (!spend(shell.facts, words.length / 8, shell.place)) break;
      const choices = braces(part.text).map((choice) => choice.replace(/["'\\]/g, ''));
      words = choices
        .slice(0, maxChoices / words.length)
        .flatMap((choice) => words.map(({ done, open }) => ({ done: [...done], open: (open ?? '') + choice })));
    } else for (const fields of words) expandInto(fields, part, shell, substitute);
  }
  const found: string[] = [];
  for (const fields of words) {
    close(fields);
    found.push(...fields.done.slice(0, maxFields));
  }
  const first = found[0];
  if (first !== undefined) found[0] = tilde(first, word.text, shell);
  return found;
}

/** A word where it is not split: the right side of an assignment, a redirect's target. */
export function valueOf(word: Word, shell: Shell, substitute: Substitute): string {
  spend(shell.facts, 1, shell.place);
  if (!special.test(word.text) || word.parts === undefined) return tilde(word.value, word.text, shell);
  let text = '';
  for (const part of word.parts) text = cut(text + partValue(part, shell, substitute), shell);
  return tilde(text, word.text, shell);
}

export function partsValue(parts: readonly WordPart[], shell: Shell, substitute: Substitute): string {
  let text = '';
  for (const part of parts) text = cut(text + partValue(part, shell, substitute), shell);
  return text;
}

function tilde(value: string, written: string, shell: Shell): string {
  return written.startsWith('~') && (value === '~' || value.startsWith('~/')) ? shell.home + value.slice(1) : value;
}

function cut(text: string, shell: Shell): string {
  if (text.length <= maxWord) return text;
  shell.facts.signs.set('unreadable', shell.place);
  return text.slice(0, maxWord);
}

/** Fields under construction: an unquoted expansion may end one and begin the next. */
interface Fields {
  readonly done: string[];
  open: string | null;
}

function append(fields: Fields, text: string): void {
  fields.open = ((fields.open ?? '') + text).slice(0, maxWord);
}

function close(fields: Fields): void {
  if (fields.open !== null && fields.done.length < maxFields) fields.done.push(fields.open);
  fields.open = null;
}

function split(fields: Fields, text: string, shell: Shell): void {
  const separators = shell.variables.get('IFS') ?? ' ';
  const plain =
    separators === ' ' || separators.trim() === ''
      ? text
      : separators.split('').reduce((all, each) => all.replaceAll(each, ' '), text);
  for (const [i, piece] of plain.split(/[ \t\n]+/).entries()) {
    if (i > 0) close(fields);
    if (piece !== '') append(fields, piece);
  }
}

function expandInto(fields: Fields, part: WordPart, shell: Shell, substitute: Substitute): void {
  const only = part.type === 'DoubleQuoted' && part.parts.length === 1 ? part.parts[0] : undefined;
  const several = only === undefined ? undefined : allOf(only.text, shell);
  if (several !== undefined) {
    for (const [i, each] of several.entries()) {
      if (i > 0) close(fields);
      append(fields, each);
    }
    return;
  }
  const value = partValue(part, shell, substitute);
  const splits =
    part.type === 'SimpleExpansion' || part.type === 'ParameterExpansion' || part.type === 'CommandExpansion';
  // What could not be expanded is one piece, whatever blanks it is written with.
  if (splits && value !== part.text && !/\$\(|`/.test(value)) split(fields, value, shell);
  else append(fields, value);
}

/** The elements that `"$@"` and `"${list[@]}"` stand for. */
function allOf(text: string, shell: Shell): readonly string[] | undefined {
  if (/^\$\{?@\}?$/.test(text)) return shell.positional;
  const name = /^\$\{(\w+)\[[@*]\]\}$/.exec(text)?.[1];
  return name === undefined ? undefined : shell.arrays.get(name);
}

function partValue(part: WordPart | DoubleQuotedChild, shell: Shell, substitute: Substitute): string {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return part.value;
    case 'DoubleQuoted':
    case 'LocaleString': {
      let text = '';
      for (const child of part.parts) text = cut(text + partValue(child, shell, substitute), shell);
      return text;
    }
    case 'SimpleExpansion':
      return variable(part.text.slice(1), shell) ?? part.text;
    case 'ParameterExpansion':
      return parameter(part, shell, substitute);
    case 'CommandExpansion':
      return part.script === undefined ? part.text : (substitute(part.script, shell) ?? part.text);
    case 'ProcessSubstitution':
      if (part.script !== undefined) substitute(part.script, shell);
      return part.text;
    case 'BraceExpansion':
      return part.text;
    default:
      return part.text;
  }
}

function variable(name: string, shell: Shell): string | undefined {
  if (/^\d$/.test(name)) return name === '0' ? undefined : shell.positional[Number(name) - 1];
  if (name === '@' || name === '*') return shell.positional.length > 0 ? shell.positional.join(' ') : undefined;
  return shell.variables.get(name);
}

function parameter(part: ParameterExpansionPart, shell: Shell, substitute: Substitute): string {
  const known =
    part.prefix === '!'
      ? variable(variable(part.parameter, shell) ?? '', shell)
      : (variable(part.parameter, shell) ?? wellKnown[part.parameter]);
  const operation = part.operation;
  const list = part.index === undefined ? undefined : shell.arrays.get(part.parameter);
  if (list !== undefined && operation === undefined && part.prefix === undefined) {
    const at = valueOf(part.index ?? { type: 'Word', text: '', value: '', pos: 0, end: 0 }, shell, substitute);
    return at === '@' || at === '*' ? list.join(' ') : (list[Number(at)] ?? part.text);
  }
  if (part.prefix === '#') return part.text;
  if (operation === undefined)
    return variable(part.parameter, shell) === undefined && part.prefix !== '!' ? part.text : (known ?? part.text);
  switch (operation.type) {
    case 'Default': {
      const operand = valueOf(operation.operand, shell, substitute);
      const set = variable(part.parameter, shell);
      if (operation.operator.endsWith('+')) return set === undefined ? part.text : operand;
      if (operation.operator.endsWith('?')) return set ?? part.text;
      return set ?? operand;
    }
    case 'Slice': {
      if (known === undefined) return part.text;
      const offset = Number(valueOf(operation.offset, shell, substitute));
      const length = operation.length === undefined ? undefined : Number(valueOf(operation.length, shell, substitute));
      if (!Number.isInteger(offset) || (length !== undefined && !Number.isInteger(length))) return part.text;
      const from = offset < 0 ? Math.max(known.length + offset, 0) : offset;
      if (length === undefined) return known.slice(from);
      return length < 0 ? known.slice(from, length) : known.slice(from, from + length);
    }
    case 'Replace': {
      if (known === undefined) return part.text;
      const pattern = valueOf(operation.pattern, shell, substitute);
      const by = valueOf(operation.replacement, shell, substitute);
      if (pattern === '') return known;
      return operation.operator === '//'
        ? cut(
            known.replaceAll(pattern, () => by),
            shell,
          )
        : known.replace(pattern, () => by);
    }
    case 'Remove': {
      if (known === undefined) return part.text;
      const pattern = valueOf(operation.operand, shell, substitute);
      if (operation.operator.startsWith('#')) return known.startsWith(pattern) ? known.slice(pattern.length) : known;
      return known.endsWith(pattern) ? known.slice(0, known.length - pattern.length) : known;
    }
    case 'CaseModification':
      if (known === undefined) return part.text;
      if (operation.operator === ',,') return known.toLowerCase();
      return operation.operator === '^^' ? known.toUpperCase() : known;
    default:
      return known ?? part.text;
  }
}

/** Only for cutting characters out of them, a way to write `/` without writing it. */
const wellKnown: Readonly<Record<string, string>> = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  SHELL: '/bin/bash',
  PWD: '/home',
  BASH: '/bin/bash',
};

/** `a{b,c}` is `ab ac`, `{a..c}` is `a b c`; `{1..9}` stays: no rule asks for numbers. */
export function braces(text: string, left = 64): string[] {
  if (text.length > 2_000) return [text];
  const range = /^(.*)\{([a-zA-Z])\.\.([a-zA-Z])\}(.*)$/s.exec(text);
  if (range !== null) {
    const [, before = '', from = '', to = '', after = ''] = range;
    const [low, high] = [from.charCodeAt(0), to.charCodeAt(0)].sort((a, b) => a - b);
    const letters = Array.from({ length: (high ?? 0) - (low ?? 0) + 1 }, (_, i) => String.fromCharCode((low ?? 0) + i));
    return (from > to ? letters.reverse() : letters).map((letter) => before + letter + after);
  }
  const open = text.indexOf('{');
  if (open === -1 || left <= 0) return [text];
  let depth = 0;
  let from = open + 1;
  const choices: string[] = [];
  for (let i = open; i < text.length; i++) {
    const character = text[i];
    if (character === '{') depth++;
    else if (character === '}' && --depth === 0) {
      choices.push(text.slice(from, i));
      if (choices.length < 2 || text[open - 1] === '$') break;
      const rest = text.slice(i + 1);
      return choices
        .slice(0, 16)
        .flatMap((choice) => braces(text.slice(0, open) + choice + rest, left - 16))
        .slice(0, 64);
    } else if (character === ',' && depth === 1) {
      choices.push(text.slice(from, i));
      from = i + 1;
    }
  }
  return [text];
}
