// JSON as editors keep it: with comments and trailing commas. Only our keys are touched, everything else stays as it is written.

import {
  applyEdits,
  findNodeAtLocation,
  getNodeValue,
  modify,
  parseTree,
  type FormattingOptions,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import type { Setting, SettingsEdit, TextFormat } from '../change.ts';
import { lineEnd } from './lines.ts';

export const jsonFormat: TextFormat<SettingsEdit> = {
  render(text, edit) {
    let result = text;
    parse(text);
    for (const { path, value } of values(edit)) {
      result = applyEdits(result, modify(result, [...path], value, { formattingOptions: formatting(text) }));
    }
    // A key that stands twice: parsers take the last, the edit took the first.
    if (!jsonFormat.holds(result, edit)) throw new TypeError('the value did not become ours');
    return text === '' ? result + '\n' : result;
  },
  holds(text, edit) {
    const root = tree(text);
    return root !== undefined && values(edit).every(({ path, value }) => valueAt(root, path) === value);
  },
  withdraw(text, edit, base) {
    let result = text;
    const before = tree(base);
    for (const { path, value } of values(edit).reverse()) {
      const root = parse(result);
      const node = root && findNodeAtLocation(root, [...path]);
      if (root === undefined || node === undefined || valueAt(root, path) !== value) continue;
      const old = before && findNodeAtLocation(before, [...path]);
      if (old !== undefined) {
        const source = base.slice(old.offset, old.offset + old.length);
        result = applyEdits(result, [{ offset: node.offset, length: node.length, content: source }]);
      } else {
        result = remove(result, path, before);
      }
    }
    return result;
  },
  describe: ({ settings }) => settings.map(({ path }) => path.map((key) => JSON.stringify(key)).join(' → ')).join(', '),
};

/** Removes the key, and the objects around it that are empty now and were not there before us. */
function remove(text: string, path: readonly string[], before: Node | undefined): string {
  const removed = applyEdits(text, modify(text, [...path], undefined, { formattingOptions: formatting(text) }));
  const outer = path.slice(0, -1);
  if (outer.length === 0 || (before !== undefined && findNodeAtLocation(before, outer) !== undefined)) return removed;
  const root = tree(removed);
  const node = root && findNodeAtLocation(root, outer);
  return node?.children?.length === 0 ? remove(removed, outer, before) : removed;
}

function values({ settings }: SettingsEdit): { path: readonly string[]; value: string | boolean }[] {
  return settings.map((setting: Setting) => {
    if ('items' in setting) throw new TypeError('lists are for YAML');
    return setting;
  });
}

/** The value that a parser would see: of keys that stand twice, the last. */
function valueAt(root: Node, path: readonly string[]): unknown {
  let value: unknown = getNodeValue(root);
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function parse(text: string): Node | undefined {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  if (errors.length > 0 || (root !== undefined && root.type !== 'object')) throw new TypeError('not a JSON object');
  return root;
}

function tree(text: string): Node | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function formatting(text: string): FormattingOptions {
  const indentation = /^(\t|[ ]+)\S/m.exec(text)?.[1] ?? '  ';
  return {
    insertSpaces: !indentation.startsWith('\t'),
    tabSize: indentation.startsWith('\t') ? 4 : indentation.length,
    eol: lineEnd(text),
  };
}
