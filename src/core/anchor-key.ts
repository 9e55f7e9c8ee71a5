// The key that signs the log's anchors: made once, kept with Scrim's own secrets.

import { randomBytes } from 'node:crypto';
import type { SecretStore } from '../keychain/secret-store.ts';
import { anchorKeyOf, type AnchorKey } from '../sessions/anchor.ts';

const name = 'log-anchor-key';

export async function openAnchorKey(secrets: SecretStore): Promise<AnchorKey> {
  let seed = await secrets.read(name);
  if (seed === undefined) {
    seed = randomBytes(32);
    await secrets.write(name, seed);
  }
  return anchorKeyOf(seed);
}
