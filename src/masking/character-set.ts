// Sets of UTF-16 code units as sorted, disjoint, flat ranges: [from, to, from, to, …], both ends included.

export type CharacterSet = readonly number[];

export const lastCodeUnit = 0xffff;
export const anyCharacter: CharacterSet = [0, lastCodeUnit];
export const digits: CharacterSet = [48, 57];
export const wordCharacters: CharacterSet = [48, 57, 65, 90, 95, 95, 97, 122];
export const lineEnds: CharacterSet = [10, 10, 13, 13, 0x2028, 0x2029];
/** `\s` of ECMAScript. */
export const spaces: CharacterSet = [
  9, 13, 32, 32, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000,
  0x3000, 0xfeff, 0xfeff,
];

/** Sorts and joins ranges given in any order. */
export function normalizeSet(ranges: CharacterSet): CharacterSet {
  const pairs: [number, number][] = [];
  for (let index = 0; index < ranges.length; index += 2) {
    pairs.push([ranges[index] as number, ranges[index + 1] as number]);
  }
  pairs.sort((a, b) => a[0] - b[0]);
  const result: number[] = [];
  for (const [from, to] of pairs) {
    const previous = result[result.length - 1];
    if (previous !== undefined && from <= previous + 1) {
      if (to > previous) result[result.length - 1] = to;
    } else {
      result.push(from, to);
    }
  }
  return result;
}

export function unionOf(a: CharacterSet, b: CharacterSet): CharacterSet {
  return normalizeSet([...a, ...b]);
}

export function complementOf(set: CharacterSet): CharacterSet {
  const result: number[] = [];
  let next = 0;
  for (let index = 0; index < set.length; index += 2) {
    const from = set[index] as number;
    if (from > next) result.push(next, from - 1);
    next = (set[index + 1] as number) + 1;
  }
  if (next <= lastCodeUnit) result.push(next, lastCodeUnit);
  return result;
}

export function intersectionOf(a: CharacterSet, b: CharacterSet): CharacterSet {
  return complementOf(unionOf(complementOf(a), complementOf(b)));
}

export function isEmptySet(set: CharacterSet): boolean {
  return set.length === 0;
}

export function setHas(set: CharacterSet, unit: number): boolean {
  for (let index = 0; index < set.length; index += 2) {
    if (unit < (set[index] as number)) return false;
    if (unit <= (set[index + 1] as number)) return true;
  }
  return false;
}

export function isSubset(inner: CharacterSet, outer: CharacterSet): boolean {
  return isEmptySet(intersectionOf(inner, complementOf(outer)));
}

/** Adds the other case of every letter. Long non-ASCII ranges are taken as caseless: they hold both cases already. */
export function foldCase(set: CharacterSet): CharacterSet {
  const extra: number[] = [];
  for (let index = 0; index < set.length; index += 2) {
    const from = set[index] as number;
    const to = set[index + 1] as number;
    addShifted(extra, from, to, 65, 90, 32);
    addShifted(extra, from, to, 97, 122, -32);
    if (to - from > 1024) continue;
    for (let unit = Math.max(from, 128); unit <= to; unit++) {
      const text = String.fromCharCode(unit);
      for (const other of [text.toLowerCase(), text.toUpperCase()]) {
        const code = other.charCodeAt(0);
        // ECMAScript never folds a non-ASCII character onto an ASCII one.
        if (other.length === 1 && code !== unit && code >= 128) extra.push(code, code);
      }
    }
  }
  return extra.length === 0 ? set : normalizeSet([...set, ...extra]);
}

function addShifted(ranges: number[], from: number, to: number, low: number, high: number, by: number): void {
  const start = Math.max(from, low);
  const end = Math.min(to, high);
  if (start <= end) ranges.push(start + by, end + by);
}
