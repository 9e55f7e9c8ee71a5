// What a store of roots is to us: something to look into, and the commands that change it.

import { X509Certificate } from 'node:crypto';
import type { Command, RunCommand } from '../base/command.ts';

export interface TrustEnvironment {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly home: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** `process.getuid()`; undefined on Windows. */
  readonly userId?: number | undefined;
  /** What is to be trusted now: each in a file of its own. */
  readonly certificates: readonly TrustedCertificate[];
  /** Scrim's folder for certificates: Java's trust store is made there. */
  readonly folder: string;
  /** Where the system begins: "/". */
  readonly root: string;
  readonly run: RunCommand;
}

export interface TrustedCertificate {
  readonly path: string;
  readonly pem: string;
  /** `Scrim CA (ann@laptop) 1a2b3c4d`: what lists show. Begins with `ourName`. */
  readonly name: string;
  /** Upper-case hex without colons. */
  readonly sha1: string;
  readonly sha256: string;
}

/** How every certificate of ours is called. Whatever is called so in a store was put there by Scrim. */
export const ourName = 'Scrim CA';

/**
 * - `trusted`: all our certificates and no other of ours
 * - `outdated`: some are missing, or one is there that is no longer in use
 * - `not-trusted`: none is there
 * - `unavailable`: no such store here; `hint` says what is missing
 */
export type TrustStatus =
  { readonly is: 'trusted' | 'outdated' | 'not-trusted' } | { readonly is: 'unavailable'; readonly hint: string };

export interface TrustStore {
  /** `system`, `keychain`, `windows`, `java`, or `nss:` and the database's folder. */
  readonly id: string;
  /** Who trusts through it. */
  readonly title: string;
  status(): Promise<TrustStatus>;
  /** What to run, exactly, one after the other; `sudo` where the user may not. Empty: nothing is to be done. */
  commands(action: 'install' | 'uninstall'): Promise<readonly Command[]>;
}

/** Of a PEM file with one certificate. Throws what `X509Certificate` throws. */
export function trustedCertificate(path: string, pem: string): TrustedCertificate {
  const { subject, fingerprint, fingerprint256 } = new X509Certificate(pem);
  const part = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(subject)?.[1] ?? '';
  return {
    path,
    pem,
    name: `${part('CN')} ${part('OU')}`,
    sha1: fingerprint.replaceAll(':', ''),
    sha256: fingerprint256.replaceAll(':', ''),
  };
}

/** From what is in a store, by SHA-256. */
export function statusOf(env: TrustEnvironment, found: readonly string[]): TrustStatus {
  if (found.length === 0) return { is: 'not-trusted' };
  const wanted = new Set(env.certificates.map(({ sha256 }) => sha256));
  const all = env.certificates.every(({ sha256 }) => found.includes(sha256));
  return { is: all && found.every((sha256) => wanted.has(sha256)) ? 'trusted' : 'outdated' };
}

/** SHA-256 of a certificate in PEM, or undefined. */
export function sha256OfPem(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).fingerprint256.replaceAll(':', '');
  } catch {
    return undefined;
  }
}

/** The command as root runs it. */
export function asRoot(env: TrustEnvironment, { program, args }: Command): Command {
  return env.userId === 0 ? { program, args } : { program: 'sudo', args: [program, ...args] };
}
