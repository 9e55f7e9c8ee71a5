// Events of one stream differ in one string and, in some dialects, a counter. Once such an event has been read in full,
// the next of the same shape is recognised by comparing the characters around that string: no parsing.

import { decodeJsonString } from '../wire/json-string.ts';

export interface FrameTemplate {
  /** Text of the one string, when `frame` has this shape. */
  match(frame: string): string | undefined;
}

/** `start`, `end`: where the inside of the string literal stands in `frame`. */
export function createTemplate(frame: string, start: number, end: number): FrameTemplate {
  const prefix = frame.slice(0, start);
  const rest = frame.slice(end);
  const counter = /"sequence_number":(\d+)/.exec(rest);
  const middle = counter === null ? rest : rest.slice(0, counter.index + 18);
  const suffix = counter === null ? '' : rest.slice(counter.index + counter[0].length);
  return {
    match(candidate) {
      if (!candidate.startsWith(prefix)) return undefined;
      const quote = closingQuote(candidate, prefix.length);
      if (quote < 0 || !candidate.startsWith(middle, quote)) return undefined;
      let at = quote + middle.length;
      if (counter !== null) {
        const digits = at;
        while (candidate.charCodeAt(at) >= 48 && candidate.charCodeAt(at) <= 57) at++;
        if (at === digits || !candidate.startsWith(suffix, at)) return undefined;
        at += suffix.length;
      }
      if (at !== candidate.length) return undefined;
      const inside = candidate.slice(prefix.length, quote);
      if (!inside.includes('\\')) return inside;
      try {
        return decodeJsonString(inside);
      } catch {
        return undefined;
      }
    },
  };
}

/** The quote that ends the literal beginning at `from`, or -1 where a line ends first. */
function closingQuote(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) return i;
    if (code === 0x5c) i++;
    else if (code < 0x20) return -1;
  }
  return -1;
}
