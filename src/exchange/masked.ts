// What a client or a provider named (a model, a channel, a host), and what the log keeps beside the streams, goes into it
// masked like any other text, behind the spellings of URLs and of files in JSON too.

import { asMasked, type MaskedText } from '../base/text.ts';
import { applyEdits, type Masking } from '../masking/masking.ts';

export function masked(masking: Masking, text: string): MaskedText {
  return asMasked(maskedBase64(masking, maskedEncoded(masking, applyEdits(text, masking.edits(text)))));
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

/** Base64 of text, as files are attached (RFC 4648): where it holds a secret, it is made anew without it. */
function maskedBase64(masking: Masking, text: string): string {
  if (text.length < shortestBase64) return text;
  return text.replaceAll(/[A-Za-z0-9+/]{32,}={0,2}/g, (run) => {
    // Pictures and the like are known by their beginning; most of what looks like base64 is none.
    if (!isText(bytesOf(run.slice(0, 64)))) return run;
    const decoded = bytesOf(run);
    const clean = applyEdits(decoded, masking.edits(decoded));
    return clean === decoded ? run : btoa(clean);
  });
}

const shortestBase64 = 32;

/** One character a byte; empty where it is no base64. */
function bytesOf(base64: string): string {
  try {
    // The log may have cut it anywhere.
    return atob(base64.length % 4 === 1 ? base64.slice(0, -1) : base64);
  } catch {
    return '';
  }
}

function isText(bytes: string): boolean {
  return bytes !== '' && !/[\0-\x08\x0e-\x1f]/.test(bytes);
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
