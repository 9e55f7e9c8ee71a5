// Where a path of the parsed value stands in the YAML source.

import { isAlias, isMap, isScalar, isSeq, type Document, type ParsedNode } from 'yaml';

/**
 * Offset of the key or the value at `path`; where that does not exist, of the deepest part of the path that does.
 * A missing key is therefore reported where its map begins.
 */
export function locate(document: Document.Parsed, path: readonly PropertyKey[], at: 'key' | 'value'): number {
  let node: ParsedNode | null = document.contents;
  let offset = node?.range[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    // Where an alias is used matters less than what it says.
    const target: unknown = isAlias(node) ? node.resolve(document) : node;
    const found = child(target, step);
    if (found === undefined) return offset;
    const wantsKey = at === 'key' && depth === path.length - 1;
    offset = (wantsKey ? found.key : undefined) ?? found.value?.range[0] ?? found.key ?? offset;
    node = found.value;
  }
  return offset;
}

interface Child {
  readonly key: number | undefined;
  readonly value: ParsedNode | null;
}

function child(node: unknown, step: PropertyKey): Child | undefined {
  if (isSeq<ParsedNode>(node)) {
    const value = typeof step === 'number' ? node.items[step] : undefined;
    return value === undefined ? undefined : { key: undefined, value };
  }
  if (!isMap<ParsedNode, ParsedNode | null>(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair === undefined ? undefined : { key: pair.key.range[0], value: pair.value };
}
