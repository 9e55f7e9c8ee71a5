// Changes one place of a policy's text and leaves every other character alone: comments, order, quotes, indentation.
// The YAML library finds the places; what is written there is spliced in, and read back before it is believed.
// Longer than most files: one operation, in the two styles of maps and of lists.

import { isAlias, isMap, isSeq, parseDocument, type Pair, type ParsedNode } from 'yaml';
import type { PolicyEdit, PolicyJson } from '../contract/policy.ts';
import { applied, isSame } from './edit-value.ts';
import {
  colonAfter,
  columnOf,
  contentEnd,
  EditProblem,
  endOfLine,
  isBlockText,
  isEmpty,
  lineStart,
  nodeAt,
  pairEnd,
  pairOf,
  refuse,
  replace,
  trimmed,
  valueRange,
  type Map,
  type Path,
  type Place,
  type Seq,
} from './text-place.ts';
import { inFlow, keyed } from './write-yaml.ts';

/**
 * Throws `EditProblem`. `note`: a comment for an added list entry, one line; left out where the list has no lines of its own.
 * Removing what is not there changes nothing; setting what is not there makes its parents.
 */
export function editPolicyText(text: string, edit: PolicyEdit, note?: string): string {
  try {
    const place = read(text);
    const edited = splice(place, edit, note);
    return isSame(readWritten(edited), applied(place.document.toJS() ?? {}, edit)) ? edited : refuse();
  } catch (error) {
    // Too many aliases, or nesting so deep that the stack ends.
    if (error instanceof RangeError || (error instanceof ReferenceError && /alias/i.test(error.message))) refuse();
    throw error;
  }
}

function read(text: string): Place {
  const document = parseDocument(text, { merge: false, logLevel: 'silent' });
  if (document.errors.length > 0) throw new EditProblem('Correct the YAML first: it cannot be read as it stands.');
  return { text, document, newline: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** Keys and values as they are written; undefined where the text cannot be read. */
export function readWritten(text: string): unknown {
  try {
    const document = parseDocument(text, { merge: false, logLevel: 'silent' });
    return document.errors.length > 0 ? undefined : (document.toJS() as unknown);
  } catch {
    return undefined;
  }
}

function splice(place: Place, { kind, path, ...rest }: PolicyEdit, note?: string): string {
  if (kind === 'remove') return remove(place, path);
  const { value } = rest as { value: PolicyJson };
  const node = nodeAt(place, path);
  if (kind === 'add') {
    if (isSeq(node)) return addToSeq(place, node, path, value, note);
    return node === undefined || isEmpty(node) ? set(place, path, [value], note) : refuse();
  }
  return set(place, path, value);
}

function set(place: Place, path: Path, value: PolicyJson, note?: string): string {
  const [parentPath, key] = [path.slice(0, -1), path.at(-1)];
  const parent = parentPath.length === 0 ? place.document.contents : nodeAt(place, parentPath);
  if (isSeq(parent) && typeof key === 'number') {
    const item = parent.items[key];
    if (item === undefined) return addToSeq(place, parent, parentPath, value);
    return replace(place, valueRange(item), inFlow(value));
  }
  if (isMap(parent)) {
    const pair = pairOf(parent, key);
    if (pair === undefined) return addToMap(place, parent, String(key), value, note);
    return setPair(place, pair, value, parent.flow === true);
  }
  if (parent !== undefined && parent !== null && !isEmpty(parent)) return refuse();
  // What the key belongs into does not exist: it is made, as a whole.
  if (parentPath.length === 0)
    return withLine(place, place.text, keyed(String(key), value, { indent: 0, newline: place.newline, note }));
  return set(place, parentPath, typeof key === 'number' ? [value] : { [String(key)]: value }, note);
}

/** At the end of a text that has no map yet. */
function withLine({ newline }: Place, text: string, line: string): string {
  const head = text === '' || text.endsWith('\n') ? text : `${text}${newline}`;
  return `${head}${line}${newline}`;
}

function setPair(
  place: Place,
  pair: Pair<ParsedNode, ParsedNode | null>,
  value: PolicyJson,
  isInFlow: boolean,
): string {
  const node = pair.value;
  if (node !== null && !isEmpty(node)) {
    if (isAlias(node)) return refuse();
    if (!isInFlow && (isMap(node) || isSeq(node)) && node.flow !== true) {
      // Behind the key; the lines of what stood there go, comments above them stay.
      const colon = colonAfter(place.text, pair.key.range[1]);
      const from = lineStart(place.text, node.range[0]);
      if (from <= colon) return refuse();
      const without = removeLines(place, from, contentEnd(place, node));
      return `${without.slice(0, colon)} ${inFlow(value)}${without.slice(colon)}`;
    }
    if (isBlockText(place.text, node))
      return replace(place, [valueRange(node)[0], trimmed(place.text, node.range[1])], inFlow(value));
    return replace(place, valueRange(node), inFlow(value));
  }
  const colon = colonAfter(place.text, pair.key.range[1]);
  return replace(place, [colon, colon], ` ${inFlow(value)}`);
}

function addToMap(place: Place, map: Map, key: string, value: PolicyJson, note?: string): string {
  const last = map.items.at(-1);
  if (map.flow === true) {
    const entry = inFlow({ [key]: value }).replace(/^\{ ?| ?\}$/g, '');
    return addInside(place, map, last === undefined ? undefined : pairEnd(place, last), entry);
  }
  if (last === undefined) return refuse();
  const indent = columnOf(place.text, map.items[0]?.key.range[0] ?? 0);
  return addLine(
    place,
    pairEnd(place, last),
    `${' '.repeat(indent)}${keyed(key, value, { indent, newline: place.newline, note })}`,
  );
}

function addToSeq(place: Place, seq: Seq, path: Path, value: PolicyJson, note?: string): string {
  const last = seq.items.at(-1);
  const line = (indent: number, text: string): string =>
    `${' '.repeat(indent)}- ${text}${note === undefined ? '' : ` # ${note}`}`;
  if (seq.flow !== true) {
    if (last === undefined) return refuse();
    return addLine(place, contentEnd(place, last), line(columnOf(place.text, seq.range?.[0] ?? 0), inFlow(value)));
  }
  const [start, end] = seq.range as [number, number, number];
  const source = place.text.slice(start, end);
  const wantsLines = note !== undefined || (typeof value === 'object' && value !== null && last === undefined);
  const owner = wantsLines && !source.includes('\n') ? blockOwner(place, path) : undefined;
  if (owner === undefined) return addInside(place, seq, last?.range[1], inFlow(value));
  // Each entry on a line of its own, as it was written; a comment behind the list stays behind the key.
  const indent = owner + 2;
  const items = seq.items.map((item) => `${' '.repeat(indent)}- ${place.text.slice(...valueRange(item))}`);
  const spaceBefore = place.text[start - 1] === ' ' ? start - 1 : start;
  const without = place.text.slice(0, spaceBefore) + place.text.slice(end);
  const lineEnd = endOfLine(without, spaceBefore);
  const lines = [...items, line(indent, inFlow(value))].map((each) => place.newline + each).join('');
  return without.slice(0, lineEnd) + lines + without.slice(lineEnd);
}

/** Column of the key that a list belongs to, where key and list stand in block style; undefined in flow style. */
function blockOwner({ document, text }: Place, path: Path): number | undefined {
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap<ParsedNode, ParsedNode | null>(parent) || parent.flow === true) return undefined;
  const pair = pairOf(parent, path.at(-1));
  return pair === undefined ? undefined : columnOf(text, pair.key.range[0]);
}

/** Before the closing bracket of a collection in flow style. `lastEnd`: where its last entry ends. */
function addInside(place: Place, node: Map | Seq, lastEnd: number | undefined, entry: string): string {
  const close = (node.range?.[1] ?? 0) - 1;
  if (lastEnd === undefined) {
    const space = isMap(node) ? ' ' : '';
    return replace(place, [(node.range?.[0] ?? 0) + 1, close], `${space}${entry}${space}`);
  }
  return replace(place, [lastEnd, lastEnd], `, ${entry}`);
}

function remove(place: Place, path: Path): string {
  const { document, text } = place;
  const [parentPath, key] = [path.slice(0, -1), path.at(-1)];
  const parent: unknown = parentPath.length === 0 ? document.contents : nodeAt(place, parentPath);
  if (isSeq<ParsedNode>(parent) && typeof key === 'number') {
    const item = parent.items[key];
    if (item === undefined) return text;
    const starts = parent.items.map(({ range }) => range[0]);
    if (parent.flow === true)
      return removeInside(
        place,
        starts,
        parent.items.map((each) => each.range[1]),
        key,
      );
    if (parent.items.length === 1) return set(place, parentPath, []);
    return removeLines(place, lineStart(text, item.range[0]), contentEnd(place, item));
  }
  if (!isMap<ParsedNode, ParsedNode | null>(parent)) return text;
  const pair = pairOf(parent, key);
  if (pair === undefined) return text;
  // An empty map says nothing; it goes too.
  if (parent.items.length === 1 && parentPath.length > 0 && typeof parentPath.at(-1) === 'string')
    return remove(place, parentPath);
  const index = parent.items.indexOf(pair);
  if (parent.flow === true) {
    const starts = parent.items.map(({ key: { range } }) => range[0]);
    return removeInside(
      place,
      starts,
      parent.items.map((each) => pairEnd(place, each)),
      index,
    );
  }
  const start = pair.key.range[0];
  const isBehindDash = /\S/.test(text.slice(lineStart(text, start), start));
  const next = parent.items[index + 1];
  if (isBehindDash && next !== undefined) return replace(place, [start, next.key.range[0]], '');
  return isBehindDash ? refuse() : removeLines(place, lineStart(text, start), pairEnd(place, pair));
}

/** An entry of a flow collection, with the comma that belongs to it. */
function removeInside(place: Place, starts: number[], ends: number[], index: number): string {
  const start = starts[index] ?? 0;
  const [end = start, before, after] = [ends[index], ends[index - 1], starts[index + 1]];
  if (before !== undefined) return replace(place, [before, end], '');
  return replace(place, [start, after ?? end], '');
}

function removeLines(place: Place, from: number, end: number): string {
  const lineEnd = endOfLine(place.text, end);
  const next = place.text.startsWith('\r\n', lineEnd) ? lineEnd + 2 : Math.min(lineEnd + 1, place.text.length);
  return replace(place, [from, next], '');
}

/** A line behind the one on which `end` stands, whose comment stays with it. */
function addLine({ text, newline }: Place, end: number, line: string): string {
  const at = endOfLine(text, end);
  return `${text.slice(0, at)}${newline}${line}${text.slice(at)}`;
}
