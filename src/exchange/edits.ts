// Arithmetic on the edits of a text.

import type { Edit } from '../masking/masking.ts';

export function offsetEdits(edits: readonly Edit[], offset: number): readonly Edit[] {
  if (offset === 0 || edits.length === 0) return edits;
  return edits.map((edit) => ({
    ...edit,
    start: edit.start + offset,
    end: edit.end + offset,
    ...(edit.finding === undefined
      ? {}
      : { finding: { ...edit.finding, start: edit.finding.start + offset, end: edit.finding.end + offset } }),
  }));
}

/** Both lists as one, in order and disjoint: where edits overlap, their union is replaced by the text of the first. */
export function uniteEdits(a: readonly Edit[], b: readonly Edit[]): Edit[] {
  if (b.length === 0) return [...a];
  const sorted = [...a, ...b].sort((x, y) => x.start - y.start || y.end - x.end);
  const united: Edit[] = [];
  for (const edit of sorted) {
    const last = united.at(-1);
    if (last !== undefined && edit.start < last.end) {
      if (edit.end > last.end) united[united.length - 1] = { ...last, end: edit.end };
    } else united.push(edit);
  }
  return united;
}
