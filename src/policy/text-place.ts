// Where things stand in the text of a YAML file, to the character.

import { isAlias, isMap, isNode, isPair, isScalar, isSeq } from 'yaml';
import type { Document, Pair, ParsedNode, YAMLMap, YAMLSeq } from 'yaml';

export type Path = readonly (string | number)[];
export type Map = YAMLMap<ParsedNode, ParsedNode | null>;
export type Seq = YAMLSeq<ParsedNode>;

export interface Place {
  readonly text: string;
  readonly document: Document.Parsed;
  /** `\n` or `\r\n` */
  readonly newline: string;
}

/** Why a text cannot be edited: a sentence for the person. */
export class EditProblem extends Error {}

const elsewhere = 'Edit this place in the YAML itself: it is written in a way that cannot be changed from here.';

export function refuse(problem = new EditProblem(elsewhere)): never {
  throw problem;
}

export function nodeAt({ document }: Place, path: Path): ParsedNode | undefined {
  let node: unknown = document.contents;
  for (const step of path) {
    if (isAlias(node)) refuse();
    if (isMap<ParsedNode, ParsedNode | null>(node)) node = pairOf(node, step)?.value;
    else node = isSeq(node) && typeof step === 'number' ? node.items[step] : undefined;
  }
  if (isAlias(node)) refuse();
  return isNode(node) ? (node as ParsedNode) : undefined;
}

export function pairOf(map: Map, key: string | number | undefined): Pair<ParsedNode, ParsedNode | null> | undefined {
  return map.items.find((pair) => isPair(pair) && isScalar(pair.key) && String(pair.key.value) === String(key));
}

/** `key:` with nothing behind it. */
export function isEmpty(node: ParsedNode): boolean {
  return isScalar(node) && node.value === null && node.range[0] === node.range[1];
}

export function valueRange(node: ParsedNode): [number, number] {
  if (isAlias(node) || node.anchor !== undefined || node.tag?.startsWith('!') === true) refuse();
  return [node.range[0], node.range[1]];
}

export function isBlockText(text: string, node: ParsedNode): boolean {
  return isScalar(node) && /[|>]/.test(text[node.range[0]] ?? '');
}

/** Behind the last character that belongs to the node, without the comments and empty lines that follow it. */
export function contentEnd(place: Place, node: ParsedNode): number {
  if (isMap<ParsedNode, ParsedNode | null>(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return last === undefined ? node.range[1] : pairEnd(place, last);
  }
  if (isSeq<ParsedNode>(node) && node.flow !== true) {
    const last = node.items.at(-1);
    return last === undefined ? node.range[1] : contentEnd(place, last);
  }
  return isBlockText(place.text, node) ? trimmed(place.text, node.range[1]) : node.range[1];
}

export function pairEnd(place: Place, { key, value }: Pair<ParsedNode, ParsedNode | null>): number {
  if (value === null || isEmpty(value)) return colonAfter(place.text, key.range[1]);
  return contentEnd(place, value);
}

/** Behind the colon of a key that ends at `at`. */
export function colonAfter(text: string, at: number): number {
  const colon = text.indexOf(':', at);
  return colon === -1 || text.slice(at, colon).trim() !== '' ? refuse() : colon + 1;
}

export function replace({ text }: Place, [start, end]: readonly [number, number], by: string): string {
  return text.slice(0, start) + by + text.slice(end);
}

export function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

export function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  if (end === -1) return text.length;
  return text[end - 1] === '\r' && end > at ? end - 1 : end;
}

export function columnOf(text: string, at: number): number {
  return at - lineStart(text, at);
}

export function trimmed(text: string, end: number): number {
  return text.slice(0, end).trimEnd().length;
}
