// Masked text to and from a TEXT column. SQLite keeps UTF-8, which has no lone surrogates, and a provider may send one
// ("\ud83d" alone in a delta), so text that UTF-8 cannot say is kept as its JSON source behind a mark.

import { asMasked, type MaskedText } from '../base/text.ts';

const MARK = '\u0001';

export function toColumn(text: string): string {
  return text.isWellFormed() && !text.startsWith(MARK) ? text : MARK + JSON.stringify(text);
}

export function fromColumn(stored: string): MaskedText {
  // What lies in the log was masked before it was written: `toColumn` is fed from `MaskedText` only.
  return asMasked(stored.startsWith(MARK) ? (JSON.parse(stored.slice(1)) as string) : stored);
}
