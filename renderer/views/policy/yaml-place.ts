// Where a place of a YAML text stands in its tree, told from indentation and brackets alone: the text may be half written.

export interface YamlPlace {
  /** Keys, and 0 for any entry of a list. */
  readonly path: readonly (string | 0)[];
  /** `key`: a key is being written into the map at `path`; `value`: the value at `path`. */
  readonly at: 'key' | 'value';
  /** What is written of it so far, and where that begins. */
  readonly word: string;
  readonly from: number;
}

/** Undefined: in a comment or in quotes. */
export function placeAt(text: string, position: number): YamlPlace | undefined {
  const before = text.slice(0, position);
  const start = before.lastIndexOf('\n') + 1;
  const line = before.slice(start);
  if (/(?:^|\s)#/.test(line)) return undefined;
  const { dashes, column } = opening(line);
  const rest = line.slice(column);
  const parents = parentsOf(before.slice(0, start), dashes, column);
  const pair = /^(["']?)([\w.-]+)\1:(?:\s+|$)/.exec(rest);
  if (pair === null && !/^[[{]/.test(rest)) {
    if (!/^[\w.*~/-]*$/.test(rest)) return undefined;
    const isItem = dashes.length > 0;
    return { path: parents, at: isItem ? 'value' : 'key', word: rest, from: position - rest.length };
  }
  const value = rest.slice(pair?.[0].length ?? 0);
  return inside(pair === null ? parents : [...parents, pair[2] ?? ''], value, position);
}

/** Dashes in front of a line, and where its content begins. */
function opening(line: string): { readonly dashes: readonly number[]; readonly column: number } {
  const dashes: number[] = [];
  let column = line.length - line.trimStart().length;
  while (/^-(?:\s|$)/.test(line.slice(column))) {
    dashes.push(column);
    const rest = line.slice(column + 1);
    column += 1 + (rest.length - rest.trimStart().length);
  }
  return { dashes, column };
}

interface Climb {
  readonly path: (string | 0)[];
  /** What belongs above begins left of this column. */
  column: number;
  /** It begins with a dash, which may stand below the first letter of its key. */
  isItem: boolean;
}

function parentsOf(above: string, dashes: readonly number[], column: number): (string | 0)[] {
  const climb: Climb = { path: [], column, isItem: false };
  enterItems(climb, dashes);
  for (const line of above.split('\n').reverse()) {
    if (climb.column === 0 && !climb.isItem) break;
    if (/^\s*(?:#|$)/.test(line)) continue;
    const each = opening(line);
    const key = /^(["']?)([\w.-]+)\1:(?:\s|$)/.exec(line.slice(each.column))?.[2];
    const isLeft = each.column < climb.column;
    const isAbove = isLeft || (climb.isItem && each.dashes.length === 0 && each.column === climb.column);
    if (key !== undefined && isAbove) {
      climb.path.unshift(key);
      climb.column = each.column;
      climb.isItem = false;
      enterItems(climb, each.dashes);
    } else if (!climb.isItem && each.column === climb.column) enterItems(climb, each.dashes);
  }
  return climb.path;
}

function enterItems(climb: Climb, dashes: readonly number[]): void {
  for (const dash of dashes.filter((each) => each < climb.column).reverse()) {
    climb.path.unshift(0);
    climb.column = dash;
    climb.isItem = true;
  }
}

/** Within brackets on one line. */
function inside(path: readonly (string | 0)[], value: string, position: number): YamlPlace | undefined {
  const open: { readonly isMap: boolean; key: string | undefined }[] = [];
  let word = '';
  let quote = '';
  for (let i = 0; i < value.length; i++) {
    const character = value.charAt(i);
    if (quote !== '') {
      if (character === quote) quote = '';
      continue;
    }
    const top = open.at(-1);
    if (character === '"' || character === "'") quote = character;
    else if (character === '{' || character === '[') {
      open.push({ isMap: character === '{', key: undefined });
      word = '';
    } else if (character === '}' || character === ']') {
      open.pop();
      word = '';
    } else if (character === ',' && top !== undefined) {
      top.key = undefined;
      word = '';
    } else if (character === ':' && top?.isMap === true && /\s|^$/.test(value[i + 1] ?? '')) {
      top.key = word.trim();
      word = '';
    } else word += character;
  }
  if (quote !== '') return undefined;
  const steps = open.flatMap(({ isMap, key }): (string | 0)[] => (isMap ? (key === undefined ? [] : [key]) : [0]));
  const top = open.at(-1);
  const trimmed = word.trimStart();
  return {
    path: [...path, ...steps],
    at: top?.isMap === true && top.key === undefined ? 'key' : 'value',
    word: trimmed,
    from: position - trimmed.length,
  };
}
