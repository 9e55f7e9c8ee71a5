// Leaf certificates: one key for the life of the process, one short-lived certificate per host, made on first use.

import { createSecureContext, type SecureContext } from 'node:tls';
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Node } from './der.ts';
import type { CertifiedHost } from './host-name.ts';
import { distinguishedName, generateKeyPair, leafExtensions, signCertificate, spki, toPem } from './x509.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** Who signs: the subject, key and key identifier of an authority. */
export interface Signer {
  readonly subject: Node;
  readonly identifier: Buffer;
  readonly privateKey: KeyObject;
  readonly pem: string;
}

export interface Leaves {
  /** A server context for the host: cached, or signed now (about 0.3 ms). */
  contextFor(host: CertifiedHost, signer: Signer): SecureContext;
  /** How many are cached. */
  readonly size: number;
}

interface CachedLeaf {
  readonly context: SecureContext;
  readonly signer: Signer;
  readonly freshFrom: number;
  readonly freshUntil: number;
}

/** `bound`: how many hosts are remembered; the least recently used one makes room. */
export function createLeaves(clock: Clock, bound = 1_000): Leaves {
  // SECURITY: the leaf key lives in this process's memory only, and ends with it.
  const { privateKey, publicKey } = generateKeyPair();
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const publicKeyNode = spki(publicKey);
  // A Map iterates in the order of insertion, so re-inserting on use keeps the oldest first.
  const cache = new Map<string, CachedLeaf>();

  function sign(host: CertifiedHost, signer: Signer, now: number): CachedLeaf {
    // Clients read the alternative name. An address must not be the common name: OpenSSL would hold it against the
    // authority's DNS constraints. A name over 64 characters does not fit (RFC 5280 appendix A.1).
    const subject =
      host.kind === 'dns' && host.name.length <= 64 ? (['CN', host.name] as const) : (['O', 'Scrim'] as const);
    // Backdated for clients whose clock is behind, e.g. in a virtual machine that slept.
    const notBefore = now - day;
    const notAfter = now + 7 * day;
    const certificate = signCertificate(
      {
        issuer: signer.subject,
        subject: distinguishedName([subject]),
        notBefore: new Date(notBefore),
        notAfter: new Date(notAfter),
        publicKey: publicKeyNode,
        extensions: leafExtensions(host, signer.identifier),
      },
      signer.privateKey,
    );
    const context = createSecureContext({
      key,
      cert: toPem(certificate),
      // An empty list, not none: none would hold all of Node's roots, and our authority would be sent along in each handshake.
      ca: [],
      minVersion: 'TLSv1.2',
    });
    return { context, signer, freshFrom: notBefore + hour, freshUntil: notAfter - day };
  }

  return {
    contextFor(host, signer) {
      const now = clock.now();
      let leaf = cache.get(host.name);
      cache.delete(host.name);
      if (leaf === undefined || leaf.signer !== signer || now < leaf.freshFrom || now > leaf.freshUntil) {
        leaf = sign(host, signer, now);
      }
      cache.set(host.name, leaf);
      if (cache.size > bound) {
        const oldest = cache.keys().next();
        if (oldest.done !== true) cache.delete(oldest.value);
      }
      return leaf.context;
    },
    get size() {
      return cache.size;
    },
  };
}
