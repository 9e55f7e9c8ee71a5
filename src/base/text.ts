// Branded text: what has been masked is another type than what has not, so that a leak does not compile.

declare const maskedBrand: unique symbol;

/** Text that went through the masking engine. `sessions/` and `contract/` know no other. */
export type MaskedText = string & { readonly [maskedBrand]: true };

/**
 * SECURITY: the only door into `MaskedText`. Call it on the output of the masking engine, or on text that
 * this program wrote itself (a failure code, a rule id), never on anything a client or a provider sent.
 */
export function asMasked(text: string): MaskedText {
  return text as MaskedText;
}
