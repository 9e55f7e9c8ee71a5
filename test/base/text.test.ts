// Bytes to text and back: strict where it must be UTF-8, without loss where it may be anything.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { losslessCodec } from '../../src/base/lossless-text.ts';
import { createUtf8Decoder, Utf8Error } from '../../src/base/utf8.ts';
import { cutAt } from '../support/exchange.ts';

const cuts = fc.array(fc.nat(60), { maxLength: 15 });
const text = fc.string({ unit: 'grapheme', maxLength: 30 });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  // Close to UTF-8: whole characters, halves of them, and bytes that never occur.
  fc
    .array(
      fc.oneof(
        text.map((each) => Buffer.from(each)),
        fc.constantFrom(
          Buffer.from([0xc3]),
          Buffer.from([0xe2, 0x82]),
          Buffer.from([0xf0, 0x9f, 0x98]),
          Buffer.from([0xed, 0xa0, 0x80]),
          Buffer.from([0xff]),
          Buffer.from([0xef, 0xbb, 0xbf]),
        ),
      ),
    )
    .map((parts) => new Uint8Array(Buffer.concat(parts))),
);

function decode(parts: readonly Uint8Array[]): string {
  const decoder = createUtf8Decoder();
  const decoded = parts.map((part) => decoder.push(part)).join('');
  decoder.end();
  return decoded;
}

function isUtf8(body: Uint8Array): boolean {
  return Buffer.from(Buffer.from(body).toString('utf8'), 'utf8').equals(body);
}

describe('strict', () => {
  test('UTF-8 in any cut, a byte order mark included', () => {
    fc.assert(
      fc.property(text, cuts, (each, places) => {
        const body = Buffer.from(`\ufeff${each}`);
        expect(decode(cutAt(body, places))).toBe(`\ufeff${each}`);
      }),
    );
  });

  test('what is none is refused, in any cut', () => {
    fc.assert(
      fc.property(bytes, cuts, (body, places) => {
        const parts = cutAt(Buffer.from(body), places);
        if (isUtf8(body)) expect(() => decode(parts)).not.toThrow();
        else expect(() => decode(parts)).toThrow(Utf8Error);
      }),
      { numRuns: 500 },
    );
  });
});

describe('lossless', () => {
  const through = (parts: readonly Uint8Array[]): { text: string; back: Buffer } => {
    const codec = losslessCodec();
    const pieces = [...parts.map((part) => codec.decode(part)), codec.finish()];
    return { text: pieces.join(''), back: Buffer.concat(pieces.map((piece) => codec.encode(piece))) };
  };

  test('any bytes come back, in any cut, and the text is the same', () => {
    fc.assert(
      fc.property(bytes, cuts, (body, places) => {
        const whole = through([body]);
        const cut = through(cutAt(Buffer.from(body), places));
        expect(cut.back.equals(body)).toBe(true);
        expect(cut.text).toBe(whole.text);
      }),
      { numRuns: 500 },
    );
  });

  test('UTF-8 is the text it is; one wrong byte changes nothing around it', () => {
    fc.assert(
      fc.property(text, (each) => {
        expect(through([Buffer.from(each)]).text).toBe(each);
      }),
    );
    const odd = Buffer.concat([Buffer.from('naïve '), Buffer.from([0xff]), Buffer.from(' 日本')]);
    expect(through([odd]).text).toBe('naïve \udcff 日本');
  });
});
