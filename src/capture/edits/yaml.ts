// YAML with its comments. New keys go to the end of the file as text; only where a key is there already is the document written anew.

import { isMap, isScalar, isSeq, parseDocument, stringify, type Document } from 'yaml';
import type { Setting, SettingsEdit, TextFormat } from '../change.ts';
import { lineEnd } from './lines.ts';

export const yamlFormat: TextFormat<SettingsEdit> = {
  render(text, edit) {
    const document = parse(text);
    const appended = append(text, edit, document);
    if (appended !== undefined) return appended;
    for (const setting of edit.settings) {
      if ('value' in setting) document.setIn(setting.path, setting.value);
      else document.setIn(setting.path, [...listAt(document, setting.path), ...setting.items]);
    }
    const result = write(document, text);
    if (!yamlFormat.holds(result, edit)) throw new TypeError('the value did not become ours');
    return result;
  },
  holds(text, edit) {
    try {
      const document = parse(text);
      return edit.settings.every((setting) =>
        'value' in setting
          ? document.getIn(setting.path) === setting.value
          : setting.items.every((item) => listAt(document, setting.path).includes(item)),
      );
    } catch {
      return false;
    }
  },
  withdraw(text, edit, base) {
    const document = parse(text);
    const before = parse(base);
    const wasOurs = edit.settings.filter((setting) => withdrawOne(document, before, setting));
    return wasOurs.length === 0 ? text : write(document, text);
  },
  describe: ({ settings }) => settings.map(({ path }) => path.join(' → ')).join(', '),
};

/** The text with new keys of the root below it, or undefined where that would not be the same document. */
function append(text: string, edit: SettingsEdit, document: Document): string | undefined {
  const root: Record<string, unknown> = {};
  for (const setting of edit.settings) {
    const [top, ...rest] = setting.path;
    if (top === undefined || document.has(top)) return undefined;
    const value = 'value' in setting ? setting.value : setting.items;
    const [key, ...deeper] = rest;
    if (deeper.length > 0) return undefined;
    root[top] = key === undefined ? value : { ...(root[top] as object | undefined), [key]: value };
  }
  const ending = lineEnd(text);
  const added = stringify(root, { lineWidth: 0 }).replaceAll('\n', ending);
  const result = `${text}${text === '' || text.endsWith('\n') ? '' : ending}${added}`;
  try {
    const expected = { ...(document.toJS() as object | null), ...root };
    return JSON.stringify(parse(result).toJS()) === JSON.stringify(expected) ? result : undefined;
  } catch {
    return undefined;
  }
}

/** True when something of ours was there. */
function withdrawOne(document: Document, before: Document, setting: Setting): boolean {
  const { path } = setting;
  if ('value' in setting) {
    if (document.getIn(path) !== setting.value) return false;
    if (before.hasIn(path)) document.setIn(path, before.getIn(path, true));
    else removeAt(document, before, path);
    return true;
  }
  const { items } = setting;
  const list = listAt(document, path);
  const old = listAt(before, path);
  const isOurs = (item: unknown) => typeof item === 'string' && items.includes(item) && !old.includes(item);
  if (!list.some(isOurs)) return false;
  if (list.every(isOurs) && !before.hasIn(path)) removeAt(document, before, path);
  // From the end, so that positions stay.
  else for (const index of [...list.keys()].reverse()) if (isOurs(list[index])) document.deleteIn([...path, index]);
  return true;
}

function removeAt(document: Document, before: Document, path: readonly string[]): void {
  document.deleteIn(path);
  const outer = path.slice(0, -1);
  if (outer.length === 0 || before.hasIn(outer)) return;
  const node = document.getIn(outer);
  if (isMap(node) && node.items.length === 0) removeAt(document, before, outer);
}

/** What stands in the list, or the one value in its place. Throws when it is neither. */
function listAt(document: Document, path: readonly string[]): unknown[] {
  const node = document.getIn(path, true);
  if (node === undefined || (isScalar(node) && node.value === null)) return [];
  if (isScalar(node)) return [node.value];
  if (isSeq(node)) return node.toJS(document) as unknown[];
  throw new TypeError('not a list');
}

function parse(text: string): Document {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new TypeError('not YAML');
  if (
    document.contents !== null &&
    !isMap(document.contents) &&
    !(isScalar(document.contents) && document.contents.value === null)
  ) {
    throw new TypeError('not a map');
  }
  return document;
}

function write(document: Document, like: string): string {
  return document.toString({ lineWidth: 0 }).replaceAll('\n', lineEnd(like));
}
