// What a client or a provider named (a model, a channel, a host), and what the log keeps beside the streams, goes into it
// masked like any other text, and in the spelling of URLs too.

import { asMasked, type MaskedText } from '../base/text.ts';
import { applyEdits, type Masking } from '../masking/masking.ts';

export function masked(masking: Masking, text: string): MaskedText {
  return asMasked(maskedEncoded(masking, applyEdits(text, masking.edits(text))));
}

/** What was encoded more often than this was not meant to be read. */
const mostRounds = 3;

/** Looks behind percent-encoding (RFC 3986 §2.1): where it hides a secret, the run is written anew without it. */
function maskedEncoded(masking: Masking, text: string): string {
  if (!text.includes('%')) return text;
  return text.replaceAll(/[^\s"'\\<>]+/g, (run) => {
    let shown = run;
    let plain = run;
    for (let round = 0; round < mostRounds && plain.includes('%'); round++) {
      const decoded = percentDecoded(plain);
      if (decoded === plain) break;
      plain = applyEdits(decoded, masking.edits(decoded));
      if (plain !== decoded) shown = encodeURI(plain.toWellFormed()).replaceAll('%25', '%');
    }
    return shown;
  });
}

function percentDecoded(text: string): string {
  return text.replaceAll(/(?:%[0-9A-Fa-f]{2})+/g, (bytes) => {
    try {
      return decodeURIComponent(bytes);
    } catch {
      // Not UTF-8: each byte for itself, which is right for all that a secret is made of.
      return bytes.replaceAll(/%(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
    }
  });
}
