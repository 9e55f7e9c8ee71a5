// Fingerprints tell equal secrets from different ones, over time, without telling anything about the secret.

import { createHmac, randomBytes } from 'node:crypto';
import type { SecretStore } from '../keychain/secret-store.ts';

const saltName = 'fingerprint-salt';

/** HMAC-SHA256 under a salt that never leaves this user's secret store. */
export async function openFingerprint(secrets: SecretStore): Promise<(value: string) => string> {
  let salt = await secrets.read(saltName);
  if (salt === undefined) {
    salt = randomBytes(32);
    await secrets.write(saltName, salt);
  }
  const key = salt;
  return (value) => createHmac('sha256', key).update(value).digest('hex');
}
