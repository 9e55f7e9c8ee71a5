// What a person wrote beside an answer: masked, and of a length that the store can bear.

import { asMasked, type MaskedText } from '../base/text.ts';

const MAX_TYPED = 20_000;
const MAX_KEPT = 2_000;

/** Null where nothing was written. Never throws: an answer counts without its note. */
export function keptNote(typed: string, mask: (text: string) => MaskedText): MaskedText | null {
  const text = typed.trim();
  if (text === '') return null;
  // SECURITY: never cut before masking: half a secret matches no rule.
  if (text.length > MAX_TYPED) return asMasked(`(A note of more than ${MAX_TYPED} characters was left out.)`);
  try {
    return asMasked(mask(text).slice(0, MAX_KEPT));
  } catch {
    return asMasked('(The note could not be masked and was left out.)');
  }
}
