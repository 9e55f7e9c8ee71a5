// Anchors: statements about the chain so far, signed with a key that the log's file does not hold. Whoever rewrites the
// chain, or cuts its end off, cannot make them again.

import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { RecordedAnchor } from '../contract/records.ts';

/** Ed25519. */
export interface AnchorKey {
  readonly privateKey: KeyObject;
  /** 32 bytes, hex. */
  readonly publicKey: string;
}

// RFC 8410 §7 and §4: what stands before the 32 bytes of a key in its DER form.
const privatePrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** @param seed 32 random bytes: the private key */
export function anchorKeyOf(seed: Uint8Array): AnchorKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([privatePrefix, seed]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return { privateKey, publicKey: spki.subarray(publicPrefix.length).toString('hex') };
}

/** The anchor of a chain with `count` records that ends in `head` (hex); unsigned without a key. */
export function anchorOf(at: number, count: number, head: string, key: AnchorKey | undefined): RecordedAnchor {
  if (key === undefined) return { at, count, head, key: null, signature: null };
  const signature = sign(null, statement(at, count, head), key.privateKey).toString('hex');
  return { at, count, head, key: key.publicKey, signature };
}

export function anchorIsSigned({ at, count, head, key, signature }: RecordedAnchor): boolean {
  if (key === null || typeof signature !== 'string' || !/^[0-9a-f]{64}$/.test(key)) return false;
  try {
    const publicKey = createPublicKey({
      key: Buffer.concat([publicPrefix, Buffer.from(key, 'hex')]),
      format: 'der',
      type: 'spki',
    });
    return verify(null, statement(at, count, head), publicKey, Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}

function statement(at: number, count: number, head: string): Buffer {
  return Buffer.from(`scrim log anchor\n${at}\n${count}\n${head}`);
}
