// Writes a frame anew where something in it changed: only the characters of the changed values, nothing else.

import type { Edit } from '../masking/masking.ts';
import type { FrameData, Framing } from '../wire/framing.ts';
import { findSpans, keyKey, pathKey } from '../wire/json-spans.ts';
import { changeJsonString } from '../wire/json-string.ts';
import type { Path } from '../wire/parts.ts';

export interface StringChange {
  readonly path: Path;
  readonly edits: readonly Edit[];
  /** The key that ends the path changes, rather than its value. */
  readonly isKey?: boolean;
}

/** The frame's JSON with the strings at the given paths edited and the values at `replaced` exchanged. */
export function renderFrame(
  framing: Framing,
  frame: string,
  data: FrameData,
  changes: readonly StringChange[],
  replaced: readonly { readonly path: Path; readonly source: string }[],
): string {
  return framing.withData(frame, data, renderJson(data.source, changes, replaced));
}

export function renderJson(
  source: string,
  changes: readonly StringChange[],
  replaced: readonly { readonly path: Path; readonly source: string }[],
): string {
  const edits = new Map(
    changes.map(({ path, edits, isKey }) => [isKey === true ? keyKey(path) : pathKey(path), edits]),
  );
  const exchanged = new Map(replaced.map((value) => [pathKey(value.path), value.source]));
  let out = '';
  let at = 0;
  for (const { key, span } of findSpans(source, new Set([...edits.keys(), ...exchanged.keys()]))) {
    const edited = edits.get(key);
    out += source.slice(at, span.start);
    if (edited === undefined) out += exchanged.get(key) ?? '';
    else out += `"${changeJsonString(source.slice(span.start + 1, span.end - 1), edited)}"`;
    at = span.end;
  }
  return out + source.slice(at);
}
