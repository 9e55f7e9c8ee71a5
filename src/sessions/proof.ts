// The chain of proof, as arithmetic: what is hashed of a record, and how each record holds the one before it. It knows no
// database, so that an exported log is verified by the same lines. docs/log.md describes it for other programs.

import { createHash } from 'node:crypto';
import type { LogRecord } from '../contract/records.ts';

/** What the first record of a chain holds in the place of a hash before it. */
export const noHash: Uint8Array = new Uint8Array(32);

/** SHA-256 of the record's canonical form, 32 bytes. */
export function digestOf(record: LogRecord): Uint8Array {
  return sha256(canonical(record));
}

/** SHA-256 of the hash before (32 bytes), the record's number (8 bytes, big-endian) and its digest (32 bytes). */
export function linkHash(prev: Uint8Array, n: number, digest: Uint8Array): Uint8Array {
  const bytes = Buffer.allocUnsafe(72);
  bytes.set(prev, 0);
  bytes.writeBigUInt64BE(BigInt(n), 32);
  bytes.set(digest, 40);
  return sha256(bytes);
}

/**
 * JSON as RFC 8785 writes it (sorted keys, no spaces, numbers as ECMAScript prints them), of the record without the
 * members that are null or an empty list: a field that a later version adds does not change the hash of older records.
 */
export function canonical(value: object): string {
  return JSON.stringify(sorted(value));
}

/** The same value with its members in the order in which `canonical` writes them, and without those it leaves out. */
export function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  // Offsets and times are most of what a long stream's record has besides its text.
  if (Array.isArray(value)) return typeof value[0] === 'number' ? value : value.map(sorted);
  const members = value as Record<string, unknown>;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === null || member === undefined || (Array.isArray(member) && member.length === 0)) continue;
    result[key] = sorted(member);
  }
  return result;
}

export function sha256(data: string | Uint8Array): Uint8Array {
  // Half the time of `hash()` with a buffer as its result.
  return createHash('sha256').update(data).digest();
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
