// Checksums inside tokens and numbers. For tokens they only raise the certainty; for cards and accounts they decide.
import type { CheckResult } from './rule.ts';

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** CRC-32 (IEEE 802.3) of ASCII text. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let index = 0; index < text.length; index++) {
    crc = (crc >>> 8) ^ (crcTable[(crc ^ text.charCodeAt(index)) & 0xff] as number);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** GitHub and npm: the last six characters are the CRC-32 of the body in base 62. */
export function crc32Base62(value: string): CheckResult {
  if (value.length !== 36) return 'yes';
  let rest = crc32(value.slice(0, 30));
  let text = '';
  for (let digit = 0; digit < 6; digit++) {
    text = (base62[rest % 62] as string) + text;
    rest = Math.floor(rest / 62);
  }
  return value.endsWith(text) ? 'checksum' : 'yes';
}

/** Atlassian and Cloudflare: the last eight characters are the CRC-32 of everything before, in hexadecimal. */
export function crc32Hex(value: string): CheckResult {
  const body = value.slice(0, -8);
  const tail = value.slice(-8).toLowerCase();
  for (const prefix of ['', 'ATATT', 'ATBB', 'ATCTT']) {
    if (
      crc32(prefix + body)
        .toString(16)
        .padStart(8, '0') === tail
    )
      return 'checksum';
  }
  return 'yes';
}

/** Grafana: little-endian CRC-32 of the prefix and the random part. */
export function grafanaCrc(value: string): CheckResult {
  const [body, tail] = [value.slice(0, 32), value.slice(33).toLowerCase()];
  const hex = crc32(`glsa_${body}`).toString(16).padStart(8, '0');
  return hex === tail || (hex.match(/../gu) ?? []).reverse().join('') === tail ? 'checksum' : 'yes';
}

export function luhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    let digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    if (index % 2 === 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return digits.length > 0 && sum % 10 === 0;
}

/** ISO 7064 mod 97-10, as used by IBANs: the first four characters move to the end, letters count from 10. */
export function mod97(account: string): boolean {
  let rest = 0;
  for (const character of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest === 1;
}
