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
  let out = '';
  let done = 0;
  // From sign to sign, since most of a long text has none.
  for (let sign = text.indexOf('%'); sign >= 0; sign = text.indexOf('%', done)) {
    let start = sign;
    while (start > done && !isEdge(text, start - 1)) start--;
    let end = sign + 1;
    while (end < text.length && !isEdge(text, end)) end++;
    out += text.slice(done, start) + maskedRun(masking, text.slice(start, end));
    done = end;
  }
  return done === 0 ? text : out + text.slice(done);
}

/** No URL goes over one of these. */
function isEdge(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code <= 0x20 || edges.includes(code);
}

/** Quotation marks, backslash, angle brackets. */
const edges: readonly number[] = [0x22, 0x27, 0x5c, 0x3c, 0x3e];

function maskedRun(masking: Masking, run: string): string {
  let shown = run;
  let plain = run;
  for (let round = 0; round < mostRounds && plain.includes('%'); round++) {
    const decoded = percentDecoded(plain);
    if (decoded === plain) break;
    plain = applyEdits(decoded, masking.edits(decoded));
    if (plain !== decoded) shown = encodeURI(plain.toWellFormed()).replaceAll('%25', '%');
  }
  return shown;
}

/** Base64 of text, as files are attached (RFC 4648): where it holds a secret, it is made anew without it. */
function maskedBase64(masking: Masking, text: string): string {
  let out = '';
  let done = 0;
  // From place to place: a run that is long enough covers one of them, and most of a long text is never looked at.
  for (let place = shortestBase64 - 1; place < text.length; place += shortestBase64) {
    if (!isBase64(text, place)) continue;
    let start = place;
    while (start > done && isBase64(text, start - 1)) start--;
    let end = place + 1;
    while (end < text.length && isBase64(text, end)) end++;
    place = end;
    if (end - start < shortestBase64) continue;
    while (text[end] === '=') end++;
    out += text.slice(done, start) + maskedFile(masking, text.slice(start, end));
    done = end;
  }
  return done === 0 ? text : out + text.slice(done);
}

const shortestBase64 = 32;

function isBase64(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x2f && code <= 0x39) || code === 0x2b
  );
}

function maskedFile(masking: Masking, base64: string): string {
  // Pictures and the like are known by their beginning; most of what looks like base64 is none.
  if (!isText(bytesOf(base64.slice(0, 64)))) return base64;
  const decoded = bytesOf(base64);
  const clean = applyEdits(decoded, masking.edits(decoded));
  return clean === decoded ? base64 : btoa(clean);
}

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
