// One record of the vault: AES-256-GCM over JSON, bound to the exchange and the times it belongs to.

import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export const keyLength = 32;
const nonceLength = 12;
const tagLength = 16;

const originalSchema = z.strictObject({
  side: z.enum(['request', 'response']),
  channel: z.string(),
  rule: z.string(),
  start: z.number(),
  end: z.number(),
  value: z.string().nullable(),
});

/** What stood in a text before it was masked. `start`, `end`: UTF-16 units in the raw text of the channel. */
export interface Original {
  readonly side: 'request' | 'response';
  readonly channel: string;
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  /** Null where it was too long to keep, or no longer in memory. */
  readonly value: string | null;
}

/** What a sealed record vouches for besides its content: it opens under no other exchange's name and not with a later end. */
export interface SealedFor {
  readonly exchange: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Nonce, ciphertext, tag. A random nonce for each record: 2^32 records of one key are safe (NIST SP 800-38D §8.3). */
export function seal(key: Uint8Array, sealedFor: SealedFor, originals: readonly Original[]): Uint8Array {
  const nonce = randomBytes(nonceLength);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
  cipher.setAAD(bound(sealedFor));
  return Buffer.concat([nonce, cipher.update(JSON.stringify(originals), 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined: not what was sealed with this key for this exchange and these times. */
export function unseal(key: Uint8Array, sealedFor: SealedFor, sealed: Uint8Array): Original[] | undefined {
  try {
    const nonce = sealed.subarray(0, nonceLength);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagLength });
    decipher.setAAD(bound(sealedFor));
    decipher.setAuthTag(sealed.subarray(-tagLength));
    const plain = Buffer.concat([decipher.update(sealed.subarray(nonceLength, -tagLength)), decipher.final()]);
    return z.array(originalSchema).parse(JSON.parse(plain.toString('utf8')));
  } catch {
    // Why does not matter, and a parser's message would quote what it read.
    return undefined;
  }
}

/** Stands in the file: tells another key from a damaged record, and tells nothing of the key. */
export function checkOf(key: Uint8Array): Buffer {
  return createHmac('sha256', key).update('scrim vault, version 1').digest();
}

export function fits(key: Uint8Array, check: Uint8Array): boolean {
  const own = checkOf(key);
  return own.length === check.length && timingSafeEqual(own, check);
}

function bound({ exchange, createdAt, expiresAt }: SealedFor): Buffer {
  return Buffer.from(JSON.stringify(['scrim vault', 1, exchange, createdAt, expiresAt]));
}
