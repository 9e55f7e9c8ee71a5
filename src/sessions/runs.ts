// Sets of record numbers as runs: [[1, 3], [7, 7]] is 1, 2, 3 and 7.

export type Run = readonly [first: number, last: number];

/** Sorted, and joined where they touch or overlap. */
export function toRuns(runs: readonly Run[]): Run[] {
  const joined: [number, number][] = [];
  for (const [first, end] of runs.toSorted((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last !== undefined && first <= last[1] + 1) last[1] = Math.max(last[1], end);
    else joined.push([first, end]);
  }
  return joined;
}

/** The lowest number that is in one of them and not in the other; both as `toRuns` gives them. */
export function firstDifference(one: readonly Run[], other: readonly Run[]): number | undefined {
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const a = one[i];
    const b = other[i];
    if (a === undefined || b === undefined) return (a ?? b)?.[0];
    if (a[0] !== b[0]) return Math.min(a[0], b[0]);
    if (a[1] !== b[1]) return Math.min(a[1], b[1]) + 1;
  }
  return undefined;
}
