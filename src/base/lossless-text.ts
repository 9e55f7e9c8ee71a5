// Bytes of unknown encoding as text and back without loss. Valid UTF-8 becomes the text it is; each byte that is not
// valid there becomes a lone low surrogate U+DC80…U+DCFF and turns back into itself (Python's `surrogateescape`, PEP 383).

import { createSequenceCarry } from './utf8.ts';

export interface TextCodec {
  /** The text of all complete characters so far. */
  decode(bytes: Uint8Array): string;
  /** What was left incomplete at the end. */
  finish(): string;
  encode(text: string): Uint8Array;
  /** The last text given is exactly the bytes of the last `decode`. */
  aligned(): boolean;
}

export function losslessCodec(): TextCodec {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const encoder = new TextEncoder();
  const carry = createSequenceCarry();
  const decodeAll = (bytes: Uint8Array): string => {
    try {
      return strict.decode(bytes);
    } catch {
      return decodeEscaped(bytes, strict);
    }
  };
  return {
    decode: (bytes) => decodeAll(carry.push(bytes)),
    finish: () => decodeAll(carry.end()),
    encode: (text) => (/[\udc80-\udcff]/.test(text) ? encodeEscaped(text, encoder) : encoder.encode(text)),
    aligned() {
      return carry.aligned();
    },
  };
}

function decodeEscaped(bytes: Uint8Array, strict: InstanceType<typeof TextDecoder>): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes[at] ?? 0);
    try {
      // One sequence at a time: slow, and only for bodies that are not UTF-8.
      if (length === 0) throw new TypeError();
      text += strict.decode(bytes.subarray(at, at + length));
      at += length;
    } catch {
      text += String.fromCharCode(0xdc00 + (bytes[at] ?? 0));
      at++;
    }
  }
  return text;
}

/** By its first byte; 0 for a byte that begins none (RFC 3629 §4). */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
}

function encodeEscaped(text: string, encoder: InstanceType<typeof TextEncoder>): Uint8Array {
  const parts = text.split(/((?<![\ud800-\udbff])[\udc80-\udcff])/);
  const encoded = parts.map((part, i) =>
    i % 2 === 1 ? Uint8Array.of(part.charCodeAt(0) - 0xdc00) : encoder.encode(part),
  );
  const bytes = new Uint8Array(encoded.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of encoded) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
