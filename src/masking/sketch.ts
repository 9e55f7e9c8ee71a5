// Sketches of token shapes: `ghp_` and thirty-six letters or digits is written `ghp_~A36`. No real-looking token stands in
// the source, and every vendor format is one short line from which both its pattern and its examples are made.
import { normalizeSet, type CharacterSet } from './character-set.ts';

interface SketchClass {
  /** Ranges as in a character class. */
  readonly ranges: string;
  /** What examples are made of. */
  readonly sample: string;
}

const mixed = 'K7mQ2xR9tZ4bW8nJ3vL6pH5sD1fG0cYaEeUuIiOo';

/** Sketch letters. */
const classes: Readonly<Record<string, SketchClass>> = {
  A: { ranges: 'A-Za-z0-9', sample: mixed },
  a: { ranges: 'a-z0-9', sample: mixed.toLowerCase() },
  U: { ranges: 'A-Z0-9', sample: mixed.toUpperCase() },
  L: { ranges: 'A-Za-z', sample: 'KmQxRtZbWnJvLpHsDfGcYaEeUuIiOo' },
  l: { ranges: 'a-z', sample: 'kmqxrtzbwnjvlphsdfgcyaeuio' },
  h: { ranges: 'a-f0-9', sample: '7f3a2c91b04d8e65' },
  H: { ranges: 'A-Fa-f0-9', sample: '7f3A2c91B04d8E65' },
  x: { ranges: 'a-f0-9-', sample: '7f3a2c91b04d8e65-' },
  X: { ranges: 'A-F0-9', sample: '7F3A2C91B04D8E65' },
  d: { ranges: '0-9', sample: '4829301756' },
  w: { ranges: 'A-Za-z0-9_-', sample: `${mixed}-8x_` },
  v: { ranges: 'A-Za-z0-9_', sample: `${mixed}_` },
  b: { ranges: 'A-Za-z0-9+/', sample: `${mixed}/4+` },
  B: { ranges: 'A-Za-z0-9+/=_-', sample: mixed },
  t: { ranges: 'A-Z2-7', sample: 'K7MQ2XR5TZ4BW6NJ3VLPHSDFGCYAEUIO' },
  g: { ranges: 'A-Za-z0-9-', sample: `${mixed}-5` },
  p: { ranges: 'A-Za-z0-9._-', sample: `${mixed}.7-_` },
};

/** A run of characters of one class; `open` leaves the maximum open. */
export interface Run {
  readonly letter: string;
  readonly count: number;
  readonly open: boolean;
}

/**
 * Long runs are only counted up to here: a longer count would make the automaton larger without telling more, and vendors
 * lengthen their tokens.
 */
const longestCount = 40;

const item = /~([A-Za-z])(\d+)(\+?)/gu;

/** Literal texts and runs. The last run is left open when it is long. */
export function sketchParts(sketch: string, shorten: boolean): (string | Run)[] {
  const result: (string | Run)[] = [];
  let at = 0;
  for (const match of sketch.matchAll(item)) {
    const [all, letter = '', digits, open] = match;
    if (match.index > at) result.push(sketch.slice(at, match.index));
    at = match.index + all.length;
    const count = Number(digits);
    const cut = shorten && count > longestCount && at === sketch.length;
    result.push({ letter, count: cut ? longestCount : count, open: cut || open === '+' });
  }
  if (at < sketch.length) result.push(sketch.slice(at));
  return result;
}

/** The regular expression of a sketch. */
export function sketchPattern(sketch: string): string {
  return sketchParts(sketch, true)
    .map((part) => {
      if (typeof part === 'string') return escapePattern(part);
      return `[${classOf(part.letter).ranges}]{${part.count}${part.open ? ',' : ''}}`;
    })
    .join('');
}

/** A text of the sketched shape; another `seed` gives another text. Deterministic. */
export function sketchExample(sketch: string, seed = 0): string {
  let offset = seed * 7;
  return sketchParts(sketch, false)
    .map((part) => {
      if (typeof part === 'string') return part;
      const { sample } = classOf(part.letter);
      let text = '';
      for (let index = 0; index < part.count; index++) {
        text += sample[(offset + index * (1 + (seed % 3))) % sample.length] as string;
      }
      offset += part.count + 3;
      return text;
    })
    .join('');
}

export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
}

export function classOf(letter: string): SketchClass {
  const found = classes[letter];
  if (found === undefined) throw new RangeError(`no sketch class "${letter}"`);
  return found;
}

const sets = new Map<string, CharacterSet>();

/** The characters of a sketch class; the same object each time, so that sets are recognised by identity. */
export function setOfClass(letter: string): CharacterSet {
  let set = sets.get(letter);
  if (set === undefined) {
    const { ranges } = classOf(letter);
    const pairs: number[] = [];
    for (let index = 0; index < ranges.length; index++) {
      const ranged = ranges[index + 1] === '-' && index + 2 < ranges.length;
      pairs.push(ranges.charCodeAt(index), ranges.charCodeAt(ranged ? index + 2 : index));
      if (ranged) index += 2;
    }
    set = normalizeSet(pairs);
    sets.set(letter, set);
  }
  return set;
}

const singles: CharacterSet[] = [];

/** The set of one character; shared as well. */
export function setOfUnit(unit: number): CharacterSet {
  return (singles[unit] ??= [unit, unit]);
}
