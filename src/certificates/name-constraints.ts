// Name constraints (RFC 5280 §4.2.1.10): which hosts an authority may vouch for, written into its own certificate.

import type { X509Certificate } from 'node:crypto';
import { content, fromDer, oid, parts, sequence, tagged, taggedBytes, toDer, type Node } from './der.ts';
import { certifiedHost, type CertifiedHost } from './host-name.ts';

export const nameConstraintsId = '2.5.29.30';
const dnsTag = 2;
const addressTag = 7;

export interface NameConstraints {
  /** Lower-case DNS names; each permits itself and everything below it. */
  readonly domains: readonly string[];
  /** Each an address followed by its mask: 8 octets (IPv4) or 32 (IPv6). */
  readonly ranges: readonly Uint8Array[];
}

/**
 * Models also run on this machine. A name type without any permitted subtree would be unrestricted, so naming these
 * two ranges is what refuses every other address.
 */
export const loopbackRanges: readonly Uint8Array[] = [
  Uint8Array.of(127, 0, 0, 0, 255, 0, 0, 0),
  Uint8Array.from([...new Array<number>(15).fill(0), 1, ...new Array<number>(16).fill(255)]),
];

/** The value of the extension. */
export function encodeNameConstraints(constraints: NameConstraints): Buffer {
  const domains = constraints.domains.map((domain) => sequence(taggedBytes(dnsTag, domain)));
  const ranges = constraints.ranges.map((range) => sequence(taggedBytes(addressTag, range)));
  return toDer(sequence(tagged(0, ...domains, ...ranges)));
}

/** The permitted names of a certificate, or null when it is not constrained. Throws on a damaged certificate. */
export function readNameConstraints(certificate: X509Certificate): NameConstraints | null {
  const wanted = content(oid(nameConstraintsId));
  const tbs = parts(fromDer(certificate.raw))[0];
  const extensions = parts(parts(tbs).find((part) => hasTag(part, 3)))[0];
  const extension = parts(extensions).find((candidate) => content(parts(candidate)[0]).equals(wanted));
  if (extension === undefined) return null;
  const value = fromDer(content(parts(extension).at(-1)));
  const permitted = parts(parts(value).find((part) => hasTag(part, 0))).flatMap((subtree) =>
    parts(subtree).slice(0, 1),
  );
  return {
    domains: permitted.filter((name) => hasTag(name, dnsTag)).map((name) => content(name).toString('latin1')),
    ranges: permitted.filter((name) => hasTag(name, addressTag)).map((name) => content(name)),
  };
}

/** True when an authority with these constraints may vouch for the host. */
export function permits(constraints: NameConstraints | null, host: CertifiedHost): boolean {
  if (constraints === null) return true;
  if (host.kind === 'dns') return constraints.domains.some((domain) => isBelow(domain, host.name));
  return constraints.ranges.some((range) => isInside(range, host.bytes));
}

/**
 * True when the constraints permit every host that a policy pattern can match. Of a pattern with stars only what
 * stands right of the last label with a star is certain: `*.openai.azure.com` is certain of `openai.azure.com`.
 */
export function permitsPattern(constraints: NameConstraints | null, pattern: string): boolean {
  if (constraints === null) return true;
  const host = withoutPort(pattern.toLowerCase());
  const labels = host.split('.');
  const starred = labels.findLastIndex((part) => part.includes('*'));
  if (starred === -1) return permits(constraints, certifiedHost(host));
  const certain = labels.slice(starred + 1).join('.');
  return certain !== '' && constraints.domains.some((domain) => isBelow(domain, certain));
}

/** As people write it: `openai.com`, `127.0.0.0/8`. */
export function describeConstraints(constraints: NameConstraints): string[] {
  return [...constraints.domains, ...constraints.ranges.map(describeRange)];
}

function describeRange(range: Uint8Array): string {
  const half = range.length / 2;
  const bits = [...range.subarray(half)].reduce((sum, octet) => sum + octet.toString(2).replaceAll('0', '').length, 0);
  const address = [...range.subarray(0, half)];
  if (half === 4) return `${address.join('.')}/${bits}`;
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((address[2 * i] ?? 0) << 8) | (address[2 * i + 1] ?? 0)).toString(16),
  );
  return `${new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1)}/${bits}`;
}

function isBelow(domain: string, name: string): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}

function isInside(range: Uint8Array, address: Uint8Array): boolean {
  return (
    range.length === address.length * 2 &&
    address.every((octet, i) => (octet & (range[address.length + i] ?? 255)) === range[i])
  );
}

function withoutPort(pattern: string): string {
  // More than one colon outside brackets is an IPv6 address, not a port.
  if (pattern.startsWith('[')) return pattern.slice(0, pattern.indexOf(']') + 1);
  return pattern.indexOf(':') === pattern.lastIndexOf(':') ? pattern.replace(/:.*$/, '') : pattern;
}

function hasTag(node: Node, tag: number): boolean {
  // 0x80: context-specific class (X.690 §8.1.2.2).
  return (node.tagClass as number) === 0x80 && (node.type as number) === tag;
}
