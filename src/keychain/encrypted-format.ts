// The encrypted file: one JSON object, all secrets in one AES-256-GCM message under a key that scrypt makes from the passphrase.

import { createCipheriv, createDecipheriv, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { KeychainError, isSecretName } from './secret-store.ts';

export const maxFile = 1024 * 1024;

const bytes = (min: number, max: number): z.ZodType<string> =>
  z.base64().refine((text) => {
    const { length } = Buffer.from(text, 'base64');
    return length >= min && length <= max;
  });

/** SECURITY: bounds on the cost, or a changed file could make it cheap to guess, or use up the machine's memory. */
const headerSchema = z.strictObject({
  format: z.literal('scrim-secrets'),
  version: z.literal(1),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    logN: z.int().min(15).max(20),
    r: z.literal(8),
    p: z.int().min(1).max(4),
    salt: bytes(16, 64),
  }),
  cipher: z.literal('aes-256-gcm'),
});
const fileSchema = headerSchema.extend({ check: bytes(32, 32), nonce: bytes(12, 12), data: bytes(16, maxFile) });
const secretsSchema = z.record(z.string().refine(isSecretName), z.base64());

type Header = z.infer<typeof headerSchema>;
export type EncryptedFile = z.infer<typeof fileSchema>;

export interface FileKey {
  readonly header: Header;
  /** Encrypts. */
  readonly secret: Buffer;
  /** Stands in the file: tells a wrong passphrase from a damaged file. Guessing through it costs one scrypt each, as through the data. */
  readonly check: Buffer;
}

/** OWASP's recommendation for scrypt: N = 2^17, r = 8, p = 1, which is 128 MiB and about half a second. */
export const usualCost = 17;

/** Throws `damaged`. */
export function parseEncryptedFile(content: Uint8Array, path: string): EncryptedFile {
  if (content.length <= maxFile * 2) {
    try {
      return fileSchema.parse(JSON.parse(Buffer.from(content).toString('utf8')));
    } catch {
      // Below: what was wrong with it is nothing its owner could put right.
    }
  }
  throw damaged(path);
}

export function newKey(passphrase: Uint8Array, logN: number): Promise<FileKey> {
  const salt = randomBytes(32).toString('base64');
  const kdf = { name: 'scrypt', logN, r: 8, p: 1, salt } as const;
  return deriveKey({ format: 'scrim-secrets', version: 1, kdf, cipher: 'aes-256-gcm' }, passphrase);
}

/** Rejects with `passphrase` when it is not this file's. */
export async function keyOf(file: EncryptedFile, passphrase: Uint8Array, path: string): Promise<FileKey> {
  const { format, version, kdf, cipher } = file;
  const key = await deriveKey({ format, version, kdf, cipher }, passphrase);
  if (fits(file, key)) return key;
  throw new KeychainError('passphrase', `Give the passphrase of ${path}: this one does not open it.`);
}

/** Whether the key is this file's. */
export function fits(file: EncryptedFile, key: FileKey): boolean {
  return timingSafeEqual(Buffer.from(file.check, 'base64'), key.check);
}

/** Throws `damaged`. */
export function open(file: EncryptedFile, key: FileKey, path: string): Map<string, Uint8Array> {
  const data = Buffer.from(file.data, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.secret, Buffer.from(file.nonce, 'base64'));
    decipher.setAAD(bound(key));
    decipher.setAuthTag(data.subarray(-16));
    const plain = Buffer.concat([decipher.update(data.subarray(0, -16)), decipher.final()]);
    const secrets = secretsSchema.parse(JSON.parse(plain.toString('utf8')));
    return new Map(Object.entries(secrets).map(([name, secret]) => [name, Buffer.from(secret, 'base64')]));
  } catch {
    throw damaged(path);
  }
}

export function seal(secrets: ReadonlyMap<string, Uint8Array>, key: FileKey): Uint8Array {
  // A nonce of its own for every version of the file: random, 2^32 versions are safe (NIST SP 800-38D §8.3).
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce);
  cipher.setAAD(bound(key));
  const plain = Object.fromEntries(
    [...secrets].map(([name, secret]) => [name, Buffer.from(secret).toString('base64')]),
  );
  const data = Buffer.concat([cipher.update(JSON.stringify(plain)), cipher.final(), cipher.getAuthTag()]);
  const file: EncryptedFile = {
    ...key.header,
    check: key.check.toString('base64'),
    nonce: nonce.toString('base64'),
    data: data.toString('base64'),
  };
  return Buffer.from(`${JSON.stringify(file, undefined, 2)}\n`);
}

async function deriveKey(header: Header, passphrase: Uint8Array): Promise<FileKey> {
  const { logN, r, p, salt } = header.kdf;
  const derive = promisify<Uint8Array, Uint8Array, number, object, Buffer>(scrypt);
  const maxmem = 128 * r * (2 ** logN + p) * 2;
  const both = await derive(passphrase, Buffer.from(salt, 'base64'), 64, { N: 2 ** logN, r, p, maxmem });
  return { header, secret: both.subarray(0, 32), check: both.subarray(32) };
}

/** What the message vouches for besides the secrets: every parameter it was made with. */
function bound(key: FileKey): Buffer {
  return Buffer.from(JSON.stringify(key.header));
}

function damaged(path: string): KeychainError {
  return new KeychainError(
    'damaged',
    `Put back a copy of ${path}, or delete it and give the keys again: it was changed or cut since Scrim wrote it.`,
  );
}
