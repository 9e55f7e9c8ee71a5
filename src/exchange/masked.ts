// What a client or a provider named (a model, a channel, a host) goes into the log masked like any other text.

import { asMasked, type MaskedText } from '../base/text.ts';
import { applyEdits, type Masking } from '../masking/masking.ts';

export function masked(masking: Masking, text: string): MaskedText {
  return asMasked(applyEdits(text, masking.edits(text)));
}
