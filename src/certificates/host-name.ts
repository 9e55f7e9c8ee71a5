// What may stand in a certificate as a name. A host comes from the network (CONNECT, SNI), so everything else is refused.

import { isIPv4, isIPv6 } from 'node:net';
import { AuthorityError } from './authority-error.ts';

export type CertifiedHost =
  | { readonly kind: 'dns'; readonly name: string }
  /** `bytes`: 4 or 16 octets in network order (RFC 5280 §4.2.1.6). */
  | { readonly kind: 'ip'; readonly name: string; readonly bytes: Uint8Array };

// RFC 1123 §2.1 labels; the underscore is not a host name by the letter, but real hosts use it.
const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * The one spelling of a host: lower case, no brackets, no trailing dot, IPv6 compressed.
 * Throws `unsafe-host` for anything that is not a DNS name or an address: wildcards, empty labels, control characters,
 * zone ids, non-ASCII (international names arrive in their `xn--` form), numbers that only look like an address.
 */
export function certifiedHost(host: string): CertifiedHost {
  const bracketed = host.startsWith('[') && host.endsWith(']');
  const bare = bracketed ? host.slice(1, -1) : host;
  // Longer than any DNS name or address: refused before any further work. Brackets are for IPv6 only.
  if (bare.length > 254 || (bracketed && !isIPv6(bare))) throw unsafe();
  if (isIPv4(bare)) return { kind: 'ip', name: bare, bytes: Uint8Array.from(bare.split('.'), Number) };
  if (!bare.includes('%') && isIPv6(bare)) {
    const bytes = ipv6Bytes(bare);
    return { kind: 'ip', name: new URL(`http://[${bare}]/`).hostname.slice(1, -1), bytes };
  }
  const name = (bare.endsWith('.') ? bare.slice(0, -1) : bare).toLowerCase();
  const labels = name.split('.');
  // SECURITY: never relax. A wildcard or an embedded NUL here would make one leaf good for other hosts.
  if (name.length > 253 || !labels.every((part) => label.test(part))) throw unsafe();
  // "127.1" and "0x7f.1" are addresses to some resolvers and names to others.
  if (/^(?:[0-9]+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')) throw unsafe();
  return { kind: 'dns', name };
}

function unsafe(): AuthorityError {
  return new AuthorityError(
    'unsafe-host',
    'Ask for a plain DNS name or IP address: no certificate is made for this host.',
  );
}

/** The 16 octets of an address that `isIPv6` accepted. */
function ipv6Bytes(address: string): Uint8Array {
  // The URL parser turns an embedded IPv4 part into hex groups and validates the rest.
  const compressed = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = compressed.split('::');
  const left = groups(head);
  const right = groups(tail ?? '');
  const middle = new Array<number>(tail === undefined ? 0 : 8 - left.length - right.length).fill(0);
  return Uint8Array.from([...left, ...middle, ...right].flatMap((group) => [group >> 8, group & 0xff]));
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}
