// Sketches of token shapes: `ghp_` and thirty-six letters or digits is written `ghp_~A36`. No real-looking token stands in
// the source, and every vendor format is one short line from which both its pattern and its examples are made.

/** Sketch letters: the class they stand for, and the characters examples are made of. */
const classes: Readonly<Record<string, readonly [string, string]>> = {
  A: ['[A-Za-z0-9]', 'K7mQ2xR9tZ4bW8nJ3vL6pH5sD1fG0cYaEeUuIiOo'],
  a: ['[a-z0-9]', 'k7mq2xr9tz4bw8nj3vl6ph5sd1fg0cya'],
  U: ['[A-Z0-9]', 'K7MQ2XR9TZ4BW8NJ3VL6PH5SD1FG0CYA'],
  L: ['[A-Za-z]', 'KmQxRtZbWnJvLpHsDfGcYaEeUuIiOo'],
  l: ['[a-z]', 'kmqxrtzbwnjvlphsdfgcyaeuio'],
  h: ['[a-f0-9]', '7f3a2c91b04d8e65'],
  H: ['[A-Fa-f0-9]', '7f3A2c91B04d8E65'],
  X: ['[A-F0-9]', '7F3A2C91B04D8E65'],
  d: ['[0-9]', '4829301756'],
  w: ['[A-Za-z0-9_-]', 'K7mQ2-xR9tZ4_bW8nJ3vL6pH5sD1fG0cYaEeUuIiOo'],
  v: ['[A-Za-z0-9_]', 'K7mQ2xR9tZ4_bW8nJ3vL6pH5sD1fG0cYaEeUuIiOo'],
  b: ['[A-Za-z0-9+/]', 'K7mQ2x+R9tZ4bW8/nJ3vL6pH5sD1fG0cYaEeUuIiOo'],
  B: ['[A-Za-z0-9+/=_-]', 'K7mQ2xR9tZ4bW8nJ3vL6pH5sD1fG0cYaEeUuIiOo'],
  t: ['[A-Z2-7]', 'K7MQ2XR5TZ4BW6NJ3VLPHSDFGCYAEUIO'],
  g: ['[A-Za-z0-9-]', 'K7mQ2xR9tZ4b-W8nJ3vL6pH5sD1fG0cYaEeUuIiOo'],
  p: ['[A-Za-z0-9._-]', 'K7mQ2xR9tZ4b-W8nJ3v.L6pH5sD1f_G0cYaEeUuIiOo'],
};

const item = /~([A-Za-z])(\d+)(\+?)/gu;

/** The regular expression of a sketch; `+` after the count leaves the maximum open. */
export function sketchPattern(sketch: string): string {
  return parts(sketch)
    .map((part) => {
      if (typeof part === 'string') return part.replace(/[.*+?^${}()|[\]\\/]/gu, '\\$&');
      return `${(classes[part.letter] as readonly [string, string])[0]}{${part.count}${part.open ? ',' : ''}}`;
    })
    .join('');
}

/** A text of the sketched shape; another `seed` gives another text. Deterministic. */
export function sketchExample(sketch: string, seed = 0): string {
  let offset = seed * 7;
  return parts(sketch)
    .map((part) => {
      if (typeof part === 'string') return part;
      const alphabet = (classes[part.letter] as readonly [string, string])[1];
      let text = '';
      for (let index = 0; index < part.count; index++) {
        text += alphabet[(offset + index * (1 + (seed % 3))) % alphabet.length] as string;
      }
      offset += part.count + 3;
      return text;
    })
    .join('');
}

interface Run {
  readonly letter: string;
  readonly count: number;
  readonly open: boolean;
}

function parts(sketch: string): (string | Run)[] {
  const result: (string | Run)[] = [];
  let at = 0;
  for (const match of sketch.matchAll(item)) {
    const [all, letter, count, open] = match as unknown as [string, string, string, string];
    if (match.index > at) result.push(sketch.slice(at, match.index));
    result.push({ letter, count: Number(count), open: open === '+' });
    at = match.index + all.length;
  }
  if (at < sketch.length) result.push(sketch.slice(at));
  return result;
}
