// The chain of proof, as arithmetic: what is hashed of a record, and how each record holds the one before it. It knows no
// database, so that an exported log is verified by the same lines. docs/log.md describes it for other programs.

import { hash as hashOf } from 'node:crypto';
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
export function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return canonicalList(value);
  const members = value as Record<string, unknown>;
  let text = '';
  for (const key of Object.keys(members).sort()) {
    const member = members[key];
    if (member === null || member === undefined || (Array.isArray(member) && member.length === 0)) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(member)}`;
  }
  return `{${text}}`;
}

function canonicalList(list: readonly unknown[]): string {
  // Offsets and times are most of what a long stream's record has besides its text.
  if (typeof list[0] === 'number' && list.every((each) => typeof each === 'number')) return JSON.stringify(list);
  return `[${list.map(canonical).join(',')}]`;
}

function sha256(data: string | Uint8Array): Uint8Array {
  return hashOf('sha256', data, 'buffer');
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
