// Lines in which two texts differ, with two lines around them: `-` only in the first, `+` only in the second.

const around = 2;
/** Beyond it the middle is told as a whole: a table of all pairs would be too large. */
const mostCompared = 1_500;

export function lineChanges(before: string, after: string): readonly string[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const middle = changed(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const lines = [
    ...a.slice(0, start).map((line) => ` ${line}`),
    ...middle,
    ...a.slice(a.length - end).map((line) => ` ${line}`),
  ];
  const isNear = lines.map((_, i) =>
    lines.slice(Math.max(0, i - around), i + around + 1).some((line) => !line.startsWith(' ')),
  );
  return lines.flatMap((line, i) => (isNear[i] === true ? [line] : isNear[i - 1] === true ? ['@@'] : []));
}

/** By the longest common subsequence. */
function changed(a: readonly string[], b: readonly string[]): string[] {
  if (a.length > mostCompared || b.length > mostCompared)
    return [...a.map((line) => `-${line}`), ...b.map((line) => `+${line}`)];
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  const cell = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      table[i * width + j] = a[i] === b[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(` ${a[i++] ?? ''}`);
      j++;
    } else if (i < a.length && (j === b.length || cell(i + 1, j) >= cell(i, j + 1))) lines.push(`-${a[i++] ?? ''}`);
    else lines.push(`+${b[j++] ?? ''}`);
  }
  return lines;
}
