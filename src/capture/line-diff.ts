// What changes in a text, line by line. Lines that stay are not shown: they may be the user's tokens.

import { linesOf, withoutEnd } from './edits/lines.ts';

/** "@@ line N @@" before each place, then "-" and "+" lines. */
export function lineDiff(before: string, after: string): string[] {
  const from = linesOf(before);
  const to = linesOf(after);
  const common = longestCommon(from, to);
  const shown: string[] = [];
  let i = 0;
  let j = 0;
  for (const [ci, cj] of [...common, [from.length, to.length] as const]) {
    if (i < ci || j < cj) {
      shown.push(`@@ line ${i + 1} @@`);
      shown.push(...from.slice(i, ci).map((line) => `-${withoutEnd(line)}`));
      shown.push(...to.slice(j, cj).map((line) => `+${withoutEnd(line)}`));
    }
    i = ci + 1;
    j = cj + 1;
  }
  return shown;
}

/** Pairs of equal lines, in order. Files of thousands of lines that differ everywhere are shown as one change. */
function longestCommon(from: readonly string[], to: readonly string[]): (readonly [number, number])[] {
  let start = 0;
  while (start < from.length && from[start] === to[start]) start += 1;
  let end = 0;
  while (end < from.length - start && end < to.length - start && from.at(-1 - end) === to.at(-1 - end)) end += 1;
  const n = from.length - start - end;
  const m = to.length - start - end;
  const pairs: (readonly [number, number])[] = Array.from({ length: start }, (_, index) => [index, index] as const);
  if (n * m <= 1_000_000) pairs.push(...middle(from.slice(start, start + n), to.slice(start, start + m), start));
  for (let k = end; k > 0; k -= 1) pairs.push([from.length - k, to.length - k]);
  return pairs;
}

function middle(from: readonly string[], to: readonly string[], start: number): (readonly [number, number])[] {
  const width = to.length + 1;
  const length = new Uint32Array((from.length + 1) * width);
  const at = (i: number, j: number) => length[i * width + j] ?? 0;
  for (let i = from.length - 1; i >= 0; i -= 1) {
    for (let j = to.length - 1; j >= 0; j -= 1) {
      length[i * width + j] = from[i] === to[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < from.length && j < to.length;) {
    if (from[i] === to[j]) {
      pairs.push([start + i, start + j]);
      i += 1;
      j += 1;
    } else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}
