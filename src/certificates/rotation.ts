// Taking a new authority in the place of an old one without cutting clients off. A client reads its roots when it starts, so
// the new certificate is published first and signs nothing; when every client has had time to start again, it takes over.

import { randomUUID } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SecretStore } from '../keychain/secret-store.ts';
import { publishPem, readPem } from './pem-file.ts';
import {
  loadAuthority,
  makeAuthority,
  removeKey,
  type AuthorityPlan,
  type StoredAuthority,
} from './stored-authority.ts';

const day = 24 * 3_600_000;

/** Milliseconds that clients are given to start again. */
export const rotationGrace = 7 * day;

/** Where the authority that will follow the one at `path` lies. */
export function incomingPath(path: string): string {
  return path.replace(/\.pem$/, '.next.pem');
}

/** Makes the authority that will follow `plan`, or loads the one that is waiting already. */
export async function makeIncoming(plan: AuthorityPlan, secrets: SecretStore, now: number): Promise<StoredAuthority> {
  const next = { ...plan, path: incomingPath(plan.path) };
  return (await loadAuthority(next.path, secrets)) ?? (await makeAuthority(next, secrets, now));
}

/** When the waiting authority takes over, in milliseconds since 1970. */
export function takesOverAt(incoming: StoredAuthority, grace: number): number {
  // An authority is valid from one day before it was made.
  return incoming.certificate.validFromDate.getTime() + day + grace;
}

/**
 * Puts the waiting authority in the place of the one at `path` when its time has come, and removes the old key. True when it
 * took over. After a crash at any point the next call goes on: the old certificate is set aside until its key is gone.
 */
export async function takeOver(path: string, secrets: SecretStore, now: number, grace: number): Promise<boolean> {
  await removeRetired(dirname(path), secrets);
  const incoming = await loadAuthority(incomingPath(path), secrets);
  if (incoming === undefined || now < takesOverAt(incoming, grace)) return false;
  const old = await readPem(path);
  const aside = join(dirname(path), `retired-${randomUUID()}.pem`);
  if (old !== undefined) await publishPem(aside, old);
  try {
    await rename(incomingPath(path), path);
  } catch (error) {
    // Another process was faster.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return true;
    throw error;
  }
  if (old !== undefined) await removeKey(old, secrets);
  await rm(aside, { force: true });
  return true;
}

/** Keys of authorities that were replaced must not outlive them. */
async function removeRetired(folder: string, secrets: SecretStore): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const inUse = await Promise.all(
    names
      .filter((name) => name.endsWith('.pem') && !name.startsWith('retired-'))
      .map((name) => readPem(join(folder, name))),
  );
  for (const name of names.filter((candidate) => /^retired-.*\.pem$/.test(candidate))) {
    const pem = await readPem(join(folder, name));
    // A crash before the new one was in place: the old one is still in use.
    if (pem !== undefined && !inUse.includes(pem)) await removeKey(pem, secrets);
    await rm(join(folder, name), { force: true });
  }
}
