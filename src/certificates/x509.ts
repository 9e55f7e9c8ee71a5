// Certificates, RFC 5280 §4.1: the structure by hand over ASN.1, keys and signatures by Node's own crypto (ECDSA P-256, RFC 5758).

import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  bits,
  boolean,
  integer,
  octets,
  oid,
  sequence,
  set,
  fromDer,
  tagged,
  taggedBytes,
  time,
  toDer,
  utf8,
  type Node,
} from './der.ts';
import type { CertifiedHost } from './host-name.ts';
import { encodeNameConstraints, nameConstraintsId, type NameConstraints } from './name-constraints.ts';

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A certificate's content. `issuer` and `subject` are Name nodes; extensions come from the functions below. */
export interface CertificateContent {
  readonly issuer: Node;
  readonly subject: Node;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo as a node: parsed once per key, not once per certificate. */
  readonly publicKey: Node;
  readonly extensions: readonly Node[];
}

export function generateKeyPair(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** DER of the signed certificate, with a fresh serial number. */
export function signCertificate(certificate: CertificateContent, signer: KeyObject): Buffer {
  const tbs = sequence(
    tagged(0, integer(Uint8Array.of(2))),
    integer(serialNumber()),
    ecdsaWithSha256,
    certificate.issuer,
    sequence(time(certificate.notBefore), time(certificate.notAfter)),
    certificate.subject,
    certificate.publicKey,
    tagged(3, sequence(...certificate.extensions)),
  );
  const signature = sign('sha256', toDer(tbs), signer);
  return toDer(sequence(tbs, ecdsaWithSha256, bits(signature)));
}

export function spki(key: KeyObject): Node {
  return fromDer(key.export({ type: 'spki', format: 'der' }));
}

/** 20 octets of SHA-256 over the key's SPKI: method of RFC 7093 §2, without SHA-1. */
export function keyIdentifier(key: KeyObject): Buffer {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
}

/** A Name of single-valued attributes, in order. Upper bound of each value: 64 characters (RFC 5280 appendix A.1). */
export function distinguishedName(attributes: readonly (readonly ['CN' | 'O' | 'OU', string])[]): Node {
  const ids = { CN: '2.5.4.3', O: '2.5.4.10', OU: '2.5.4.11' };
  return sequence(
    ...attributes.map(([kind, value]) => set(sequence(oid(ids[kind]), utf8(Array.from(value).slice(0, 64).join(''))))),
  );
}

/** Extensions of an authority that signs leaves and nothing else. */
export function authorityExtensions(identifier: Buffer, constraints: NameConstraints | null): Node[] {
  return [
    // SECURITY: pathLen 0 — what this authority signs can never be an authority itself.
    extension('2.5.29.19', true, sequence(boolean(true), integer(Uint8Array.of(0)))),
    // keyCertSign (5) and cRLSign (6).
    extension('2.5.29.15', true, bits(Uint8Array.of(0b0000_0110), 1)),
    extension('2.5.29.14', false, octets(identifier)),
    ...(constraints === null ? [] : [rawExtension(nameConstraintsId, true, encodeNameConstraints(constraints))]),
  ];
}

/** Extensions of a server's leaf. */
export function leafExtensions(host: CertifiedHost, authorityIdentifier: Buffer): Node[] {
  const name = host.kind === 'dns' ? taggedBytes(2, host.name) : taggedBytes(7, host.bytes);
  return [
    extension('2.5.29.19', true, sequence()),
    // digitalSignature (0): all that ECDSA key exchange needs.
    extension('2.5.29.15', true, bits(Uint8Array.of(0b1000_0000), 7)),
    extension('2.5.29.37', false, sequence(oid('1.3.6.1.5.5.7.3.1'))),
    extension('2.5.29.17', false, sequence(name)),
    extension('2.5.29.35', false, sequence(taggedBytes(0, authorityIdentifier))),
  ];
}

export function toPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function extension(id: string, critical: boolean, value: Node): Node {
  return rawExtension(id, critical, toDer(value));
}

function rawExtension(id: string, critical: boolean, value: Uint8Array): Node {
  // DER leaves out a field that has its default value: critical is false.
  return critical ? sequence(oid(id), boolean(true), octets(value)) : sequence(oid(id), octets(value));
}

/** 127 random bits: positive, minimal DER, at most 20 octets (RFC 5280 §4.1.2.2). */
function serialNumber(): Uint8Array {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  return serial;
}
