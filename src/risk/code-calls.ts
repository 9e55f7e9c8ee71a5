// The calls in a program of any language, with the arguments that are written out.

import { unescape } from './printed.ts';

export interface Call {
  /** The name with what stands before it: `os.path.join`. */
  readonly name: string;
  /** The arguments that are text (or lists of text), by position; null where they are not written out. */
  readonly args: readonly (string | readonly string[] | null)[];
  /** Everything between the brackets, as written. */
  readonly source: string;
}

/** Calls with the arguments that are written out. Linear: each bracket is looked into for a bounded length. */
export function callsOf(text: string, named: ReadonlyMap<string, string>): Call[] {
  const calls: Call[] = [];
  for (const match of text.matchAll(/([A-Za-z_$][\w$]{0,60}(?:(?:\.|::|->|\?\.)[A-Za-z_$][\w$]{0,60}){0,8})!?\s*\(/g)) {
    if (calls.length >= 600) break;
    const from = match.index + match[0].length;
    let name = (match[1] ?? '').replaceAll('->', '.').replaceAll('?.', '.');
    let source = text.slice(from, from + 2_000);
    const before = text.slice(Math.max(0, match.index - 300), match.index);
    // Path("x").unlink(), require("fs").rmSync(…): the name goes on behind a bracket.
    const chained =
      /(?:(?:Path|File)\(\s*(["'])([^"'\n]{1,300})\1\s*\)|(?:require|import|__import__)\(\s*(["'])([\w:/]{1,40})\3\s*\))\s*\.$/.exec(
        before,
      );
    let lead: string[] = [];
    if (chained !== null) {
      name = `${chained[4]?.replace(/^node:/, '') ?? 'path'}.${name}`;
      if (chained[2] !== undefined) lead = [chained[2]];
    }
    const args = argumentsOf(source, named);
    source = source.slice(0, args.length);
    calls.push({ name, args: [...lead, ...args.list], source });
  }
  return calls;
}

function argumentsOf(
  source: string,
  named: ReadonlyMap<string, string>,
): { list: (string | string[] | null)[]; length: number } {
  const list: (string | string[] | null)[] = [];
  let depth = 0;
  let from = 0;
  let i = 0;
  const end = (): void => {
    if (list.length < 12) list.push(literal(source.slice(from, i), named));
    from = i + 1;
  };
  for (; i < source.length; i++) {
    const character = source[i];
    if (character === '"' || character === "'" || character === '`') {
      const triple = source.startsWith(character.repeat(3), i) ? character.repeat(3) : character;
      i += triple.length;
      while (i < source.length && !source.startsWith(triple, i)) i += source[i] === '\\' ? 2 : 1;
      i += triple.length - 1;
    } else if (character === '(' || character === '[' || character === '{') depth++;
    else if (character === ')' || character === ']' || character === '}') {
      if (depth-- === 0) break;
    } else if (character === ',' && depth === 0) end();
  }
  i = Math.min(i, source.length);
  if (source.slice(from, i).trim() !== '') end();
  return { list, length: i };
}

/** A text, a list of texts, or a sum of texts; null for anything else. */
function literal(source: string, named: ReadonlyMap<string, string>): string | string[] | null {
  const text = source
    .trim()
    .replace(/^(?:\w{1,20}\s*=\s*|&|new\s+String\[\]\s*\{)/, '')
    .trim();
  const list = /^\[([\s\S]*)\]$/.exec(text)?.[1] ?? /^vec!\[([\s\S]*)\]$/.exec(text)?.[1];
  if (list !== undefined) {
    const words = parts(list).map((part) => literal(part, named));
    return words.map((word) => (typeof word === 'string' ? word : '$unknown'));
  }
  const expanded =
    /^(?:os\.path\.expanduser|path\.(?:join|resolve)|os\.path\.join|Path|pathlib\.Path|String|shlex\.split|File\.(?:join|expand_path)|URI)\s*\(([\s\S]*)\)$/.exec(
      text,
    );
  if (expanded !== null) {
    const inner = parts(expanded[1] ?? '').map((part) => literal(part, named));
    const known = inner.filter((part) => typeof part === 'string');
    if (known.length === 0) return null;
    const joined = known.join(/join|resolve/.test(text.slice(0, 30)) ? '/' : '');
    return /os\.homedir\(\)|homedir\(\)|process\.env\.HOME/.test(text) ? `~/${joined}` : joined;
  }
  if (
    /^(?:os\.homedir\(\)|homedir\(\)|process\.env\.HOME|Path\.home\(\)|Dir\.home|os\.environ\[["']HOME["']\])/.test(
      text,
    )
  ) {
    const rest = /[+/]\s*(["'])([^"']*)\1$/.exec(text)?.[2] ?? '';
    return `~/${rest}`.replace('//', '/');
  }
  let sum = '';
  let known = false;
  for (const [whole, , , body] of text.matchAll(
    /([rbfuRBFU]{0,2})("""|'''|["'`])((?:(?!\2)[^\\]|\\[\s\S])*)\2|[A-Za-z_$][\w$]*|[^\s+."'`\w$]+/g,
  )) {
    if (body !== undefined) {
      sum += unescapeLiteral(filled(body, named));
      known = true;
    } else if (/^[A-Za-z_$]/.test(whole)) {
      const value = named.get(whole.replace(/^\$/, ''));
      if (value === undefined) {
        if (!known) return null;
        sum += `$${whole}`;
        continue;
      }
      sum += value;
      known = true;
    } else if (!known) return null;
    else break;
  }
  return known ? sum : null;
}

/** `${home}/x`, `{home}/x`, `#{home}/x`: variables that are known. */
function filled(body: string, named: ReadonlyMap<string, string>): string {
  if (named.size === 0 || !/[{$]/.test(body)) return body;
  return body.replace(
    /[$#]?\{(\w{1,60})\}|\$(\w{1,60})/g,
    (whole, a?: string, b?: string) => named.get(a ?? b ?? '') ?? whole,
  );
}

/** Cut at commas outside of quotes and brackets. */
function parts(source: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  let quote = '';
  for (let i = 0; i < source.length && found.length < 64; i++) {
    const character = source[i] ?? '';
    if (quote !== '') {
      if (character === '\\') i++;
      else if (character === quote) quote = '';
    } else if (character === '"' || character === "'" || character === '`') quote = character;
    else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth--;
    else if (character === ',' && depth === 0) {
      found.push(source.slice(from, i));
      from = i + 1;
    }
  }
  if (source.slice(from).trim() !== '') found.push(source.slice(from));
  return found;
}

export function literals(source: string): string[] {
  return parts(source).flatMap((part) => {
    const text = literal(part, new Map());
    return typeof text === 'string' ? [text] : [];
  });
}

export function unescapeLiteral(text: string): string {
  if (!text.includes('\\')) return text;
  return unescape(text.replace(/\\(["'`\n$])/g, '$1'));
}
