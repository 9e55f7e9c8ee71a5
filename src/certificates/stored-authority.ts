// One authority on disk: its certificate as a file, its private key in the secret store, under a name derived from the key.

import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import type { SecretStore } from '../keychain/secret-store.ts';
import { AuthorityError } from './authority-error.ts';
import { fromDer, parts, type Node } from './der.ts';
import type { Signer } from './leaves.ts';
import { readNameConstraints, type NameConstraints } from './name-constraints.ts';
import { publishPem, readPem } from './pem-file.ts';
import {
  authorityExtensions,
  distinguishedName,
  generateKeyPair,
  keyIdentifier,
  signCertificate,
  spki,
  toPem,
} from './x509.ts';

const day = 24 * 3_600_000;

export interface StoredAuthority {
  readonly path: string;
  readonly certificate: X509Certificate;
  /** Null: may vouch for any host. */
  readonly constraints: NameConstraints | null;
  readonly signer: Signer;
}

export interface AuthorityPlan {
  readonly path: string;
  readonly commonName: string;
  readonly constraints: NameConstraints | null;
}

/** The authority at `path`, or undefined when there is none. Rejects with `damaged` when certificate and key do not fit. */
export async function loadAuthority(path: string, secrets: SecretStore): Promise<StoredAuthority | undefined> {
  const pem = await readPem(path);
  if (pem === undefined) return undefined;
  const { certificate, constraints, subject } = readCertificate(path, pem);
  const identifier = keyIdentifier(certificate.publicKey);
  const secret = await secrets.read(secretName(identifier));
  if (secret === undefined) {
    throw new AuthorityError(
      'damaged',
      `Delete ${path} and start again: its private key is gone, so a new authority has to be made and trusted.`,
    );
  }
  const privateKey = readKey(path, secret);
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new AuthorityError(
      'damaged',
      `Delete ${path} and start again: the stored private key belongs to another certificate.`,
    );
  }
  return { path, certificate, constraints, signer: { subject, identifier, privateKey, pem: certificate.toString() } };
}

/**
 * Makes the authority at `plan.path`, or loads the one that another process made meanwhile. The key is stored first and
 * the certificate published last in one step, so a crash leaves an unused key at worst, never a certificate without one.
 */
export async function makeAuthority(plan: AuthorityPlan, secrets: SecretStore, now: number): Promise<StoredAuthority> {
  const { privateKey, publicKey } = generateKeyPair();
  const identifier = keyIdentifier(publicKey);
  const name = distinguishedName([
    ['CN', plan.commonName],
    ['O', 'Scrim'],
    // Part of the key identifier: after a rotation, old and new differ in name too, so no client picks the wrong one.
    ['OU', identifier.toString('hex', 0, 4)],
  ]);
  const der = signCertificate(
    {
      issuer: name,
      subject: name,
      notBefore: new Date(now - day),
      notAfter: new Date(now + 3_650 * day),
      publicKey: spki(publicKey),
      extensions: authorityExtensions(identifier, plan.constraints),
    },
    privateKey,
  );
  await secrets.write(secretName(identifier), privateKey.export({ type: 'pkcs8', format: 'der' }));
  const published = await publishPem(plan.path, toPem(der));
  if (!published) await secrets.remove(secretName(identifier));
  const authority = await loadAuthority(plan.path, secrets);
  if (authority === undefined) {
    throw new AuthorityError(
      'cannot-store',
      `Make ${plan.path} readable for you: the certificate that was just written is gone.`,
    );
  }
  return authority;
}

/** Removes the private key of the certificate. */
export async function removeKey(pem: string, secrets: SecretStore): Promise<void> {
  await secrets.remove(secretName(keyIdentifier(new X509Certificate(pem).publicKey)));
}

function secretName(identifier: Buffer): string {
  return `authority-${identifier.toString('hex')}`;
}

function readCertificate(
  path: string,
  pem: string,
): { certificate: X509Certificate; constraints: NameConstraints | null; subject: Node } {
  try {
    const certificate = new X509Certificate(pem);
    if (!certificate.ca) throw new TypeError('not an authority');
    // tbsCertificate: version, serialNumber, signature, issuer, validity, subject. Copied as it stands, so that a
    // leaf's issuer is byte for byte the subject it points to.
    const subject = parts(parts(fromDer(certificate.raw))[0])[5];
    if (subject === undefined) throw new TypeError('no subject');
    return { certificate, constraints: readNameConstraints(certificate), subject };
  } catch (cause) {
    throw new AuthorityError(
      'damaged',
      `Delete ${path} and start again: it does not hold a certificate of an authority.`,
      { cause },
    );
  }
}

function readKey(path: string, secret: Uint8Array): KeyObject {
  try {
    return createPrivateKey({ key: Buffer.from(secret), type: 'pkcs8', format: 'der' });
  } catch (cause) {
    throw new AuthorityError('damaged', `Delete ${path} and start again: its stored private key cannot be read.`, {
      cause,
    });
  }
}
