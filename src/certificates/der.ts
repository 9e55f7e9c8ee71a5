// Small words over node-forge's ASN.1. Its own certificate writer knows RSA keys only, so the structure is put together here.

import forge from 'node-forge';

const { asn1 } = forge;
export type Node = forge.asn1.Asn1;

const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class;

export function sequence(...parts: Node[]): Node {
  return asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, parts);
}

export function set(...parts: Node[]): Node {
  return asn1.create(UNIVERSAL, asn1.Type.SET, true, parts);
}

/** `dotted`: an object identifier such as `2.5.29.15`. */
export function oid(dotted: string): Node {
  return asn1.create(UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(dotted).getBytes());
}

export function utf8(text: string): Node {
  return asn1.create(UNIVERSAL, asn1.Type.UTF8, false, forge.util.encodeUtf8(text));
}

/** `bytes`: big-endian two's complement, already minimal. */
export function integer(bytes: Uint8Array): Node {
  return asn1.create(UNIVERSAL, asn1.Type.INTEGER, false, binary(bytes));
}

export function boolean(value: boolean): Node {
  return asn1.create(UNIVERSAL, asn1.Type.BOOLEAN, false, value ? '\xff' : '\x00');
}

export function octets(bytes: Uint8Array): Node {
  return asn1.create(UNIVERSAL, asn1.Type.OCTETSTRING, false, binary(bytes));
}

/** `unused`: how many low bits of the last byte do not count. */
export function bits(bytes: Uint8Array, unused = 0): Node {
  return asn1.create(UNIVERSAL, asn1.Type.BITSTRING, false, String.fromCharCode(unused) + binary(bytes));
}

/** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050 on. */
export function time(at: Date): Node {
  return at.getUTCFullYear() < 2050
    ? asn1.create(UNIVERSAL, asn1.Type.UTCTIME, false, asn1.dateToUtcTime(at))
    : asn1.create(UNIVERSAL, asn1.Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(at));
}

/** `[tag] EXPLICIT` or an implicit constructed type. */
export function tagged(tag: number, ...parts: Node[]): Node {
  return asn1.create(CONTEXT_SPECIFIC, contextTag(tag), true, parts);
}

/** `[tag] IMPLICIT` over a primitive type. */
export function taggedBytes(tag: number, bytes: Uint8Array | string): Node {
  return asn1.create(CONTEXT_SPECIFIC, contextTag(tag), false, typeof bytes === 'string' ? bytes : binary(bytes));
}

export function toDer(node: Node): Buffer {
  return Buffer.from(asn1.toDer(node).getBytes(), 'latin1');
}

/** Throws node-forge's own error on damaged input: callers turn it into `AuthorityError`. */
export function fromDer(der: Uint8Array): Node {
  return asn1.fromDer(binary(der));
}

/** The parts of a constructed node; empty for a primitive one. */
export function parts(node: Node | undefined): Node[] {
  return node !== undefined && Array.isArray(node.value) ? node.value : [];
}

/** The content of a primitive node. */
export function content(node: Node | undefined): Buffer {
  return node !== undefined && typeof node.value === 'string' ? Buffer.from(node.value, 'latin1') : Buffer.alloc(0);
}

// In the context-specific class the number is a tag of the structure, not a universal type; the library's types know only those.
function contextTag(tag: number): forge.asn1.Type {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- see above
  return tag;
}

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
