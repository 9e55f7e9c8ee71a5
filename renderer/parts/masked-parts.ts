// A masked text taken apart at its placeholders, so that people see what was hidden.

export interface TextPart {
  readonly text: string;
  readonly isPlaceholder: boolean;
}

// The built-in styles: a word with a kept public prefix, and stars. A policy's own template is text like any other.
const placeholder = /[\w./+-]{0,9}MASKED_[A-Z0-9_]+_[0-9a-f]{8}|\*\*\*MASKED(?::[\w.-]{1,64})?\*\*\*/g;

export function textParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(placeholder)) {
    if (match.index > from) parts.push({ text: text.slice(from, match.index), isPlaceholder: false });
    parts.push({ text: match[0], isPlaceholder: true });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), isPlaceholder: false });
  return parts;
}
