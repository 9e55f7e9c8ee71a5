// JSON string literals: what stands between the quotes, and edits on it that leave all other characters as they were sent.

/** The text of a literal's inside (without quotes). Throws SyntaxError. */
export function decodeJsonString(inside: string): string {
  return inside.includes('\\') ? (JSON.parse(`"${inside}"`) as string) : inside;
}

/** `text` as the inside of a literal. */
export function encodeJsonString(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** A replacement in decoded characters: [start, end) becomes `text`. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Applies changes, given in positions of the decoded text, to the inside of a literal.
 * Changes are in order and disjoint; what they do not cover keeps its own escapes.
 */
export function changeJsonString(inside: string, changes: readonly TextChange[]): string {
  let out = '';
  let at = 0;
  let decoded = 0;
  /** Moves on to a decoded position and returns the source passed over. */
  const forward = (to: number): string => {
    const from = at;
    while (decoded < to && at < inside.length) {
      if (inside.charCodeAt(at) !== 0x5c) at++;
      else at += inside.charCodeAt(at + 1) === 0x75 ? 6 : 2;
      decoded++;
    }
    return inside.slice(from, at);
  };
  for (const change of changes) {
    out += forward(change.start) + encodeJsonString(change.text);
    forward(change.end);
  }
  return out + inside.slice(at);
}
