// What masking tells the rest of the program: findings and edits, never values.

export type Severity = 'low' | 'medium' | 'high' | 'critical';

export type Certainty = 'checksum' | 'format' | 'key-name' | 'known-value';

export interface Finding {
  readonly rule: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly certainty: Certainty;
  /** UTF-16 units of the raw text of the channel. */
  readonly start: number;
  readonly end: number;
  /** Salted HMAC of the value, hex, 16 characters: the same value can be recognised, not read. */
  readonly fingerprint: string;
}

/**
 * Replace raw [start, end) by `text`. A long finding that is committed early comes as a first edit with the placeholder
 * and later ones with '' and no finding.
 */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly finding?: Finding;
}

/** Puts the edits of a text into it. `offset` is the position of text[0] in the coordinates of the edits. */
export function applyEdits(text: string, edits: readonly Edit[], offset = 0): string {
  if (edits.length === 0) return text;
  let result = '';
  let at = 0;
  for (const edit of edits) {
    result += text.slice(at, edit.start - offset) + edit.text;
    at = edit.end - offset;
  }
  return result + text.slice(at);
}
