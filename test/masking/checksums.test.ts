// Checksums inside tokens and numbers, on values made here.
import { describe, expect, it } from 'vitest';
import { crc32, crc32Base62, crc32Hex, grafanaCrc, luhn, mod97 } from '../../src/masking/checksums.ts';
import { sketchExample } from '../../src/masking/sketch.ts';
import { masking } from './fixtures.ts';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function inBase62(value: number): string {
  let text = '';
  for (let rest = value; text.length < 6; rest = Math.floor(rest / 62)) text = (base62[rest % 62] ?? '') + text;
  return text;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

describe('checksums', () => {
  it('knows the CRC-32 check value', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
  });

  it('raises the certainty of GitHub and npm tokens', () => {
    const body = sketchExample('~A30');
    const good = body + inBase62(crc32(body));
    expect(crc32Base62(good)).toBe('checksum');
    expect(crc32Base62(sketchExample('~A36'))).toBe('yes');
    expect(crc32Base62(sketchExample('~A60'))).toBe('yes');
    expect(masking().edits(`ghp_${good}`)[0]?.finding?.certainty).toBe('checksum');
  });

  it('raises the certainty of Atlassian, Cloudflare and Grafana tokens', () => {
    const body = sketchExample('~A40');
    expect(crc32Hex(body + hex(crc32(body)))).toBe('checksum');
    expect(crc32Hex(`${body}00000000`)).toBe('yes');
    const random = sketchExample('~A32');
    expect(grafanaCrc(`${random}_${hex(crc32(`glsa_${random}`))}`)).toBe('checksum');
    expect(grafanaCrc(`${random}_00000000`)).toBe('yes');
  });

  it('decides about cards and accounts', () => {
    const personal = masking({ packs: ['pii'] });
    const card = ['4539', '1488', '0343', '6467'];
    expect(luhn(card.join(''))).toBe(true);
    expect(luhn('')).toBe(false);
    expect(personal.edits(`card ${card.join(' ')}.`)[0]?.finding?.certainty).toBe('checksum');
    expect(personal.edits('card 4539 1488 0343 6468.')).toEqual([]);
    const iban = ['DE89', '3704', '0044', '0532', '0130', '00'];
    expect(mod97(iban.join(''))).toBe(true);
    expect(personal.edits(`to ${iban.join(' ')} please`)).toHaveLength(1);
    expect(personal.edits('to DE88 3704 0044 0532 0130 00 please')).toEqual([]);
  });
});
