// Fingerprints tell equal secrets from different ones, over time, without telling anything about the secret.

import { createHmac, randomBytes } from 'node:crypto';
import type { SecretStore } from '../keychain/secret-store.ts';

const saltName = 'fingerprint-salt';

/** HMAC-SHA256 under a salt that never leaves this user's secret store. */
export async function openFingerprint(secrets: SecretStore): Promise<(value: string) => string> {
  return fingerprintUnder(await fingerprintSalt(secrets));
}

/** Made once; allow lists name values by fingerprints that hold as long as it does. SECURITY: for threads of this process. */
export async function fingerprintSalt(secrets: SecretStore): Promise<Uint8Array> {
  const stored = await secrets.read(saltName);
  if (stored !== undefined) return stored;
  const salt = randomBytes(32);
  await secrets.write(saltName, salt);
  return salt;
}

export function fingerprintUnder(salt: Uint8Array): (value: string) => string {
  return (value) => createHmac('sha256', salt).update(value).digest('hex');
}
