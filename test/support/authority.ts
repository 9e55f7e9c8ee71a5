// A certificate authority for tests: made anew in each run, never written to disk.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import forge from 'node-forge';

export interface IssueOptions {
  /** DNS names and IP addresses; the first one is the common name. */
  readonly names: readonly string[];
  /** Default: in a year. In the past for an expired certificate. */
  readonly notAfter?: Date;
  /** Signed with its own key instead of the authority's. */
  readonly selfSigned?: boolean;
}

export interface Authority {
  readonly caPem: string;
  issue(options: IssueOptions): { readonly key: string; readonly cert: string };
}

const day = 86_400_000;

interface KeyPair {
  readonly pem: string;
  readonly publicKey: forge.pki.PublicKey;
  readonly privateKey: forge.pki.rsa.PrivateKey;
}

function makeKeyPair(): KeyPair {
  // Native: forge's own key generation takes seconds in pure JavaScript.
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    pem: privateKey,
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    privateKey: forge.pki.privateKeyFromPem(privateKey),
  };
}

function blankCertificate(publicKey: forge.pki.PublicKey, name: string, notAfter: Date): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = publicKey;
  // A positive INTEGER: the top bit stays clear.
  certificate.serialNumber = `1${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = new Date(Math.min(Date.now() - day, notAfter.getTime() - day));
  certificate.validity.notAfter = notAfter;
  certificate.setSubject([{ name: 'commonName', value: name }]);
  return certificate;
}

export function createAuthority(name = 'Scrim test authority'): Authority {
  const authorityKeys = makeKeyPair();
  const leafKeys = makeKeyPair();
  const authority = blankCertificate(authorityKeys.publicKey, name, new Date(Date.now() + 3650 * day));
  authority.setIssuer(authority.subject.attributes);
  authority.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  authority.sign(authorityKeys.privateKey, forge.md.sha256.create());

  return {
    caPem: forge.pki.certificateToPem(authority),
    issue({ names, notAfter = new Date(Date.now() + 365 * day), selfSigned = false }) {
      const leaf = blankCertificate(leafKeys.publicKey, names[0] ?? 'unnamed', notAfter);
      leaf.setIssuer(selfSigned ? leaf.subject.attributes : authority.subject.attributes);
      leaf.setExtensions([
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true },
        {
          name: 'subjectAltName',
          altNames: names.map((each) => (isIP(each) === 0 ? { type: 2, value: each } : { type: 7, ip: each })),
        },
      ]);
      leaf.sign(selfSigned ? leafKeys.privateKey : authorityKeys.privateKey, forge.md.sha256.create());
      return { key: leafKeys.pem, cert: forge.pki.certificateToPem(leaf) };
    },
  };
}
