// The user's own authority: a certificate bound to the well-known model providers and, only when the policy needs it, one that is not.

import { join } from 'node:path';
import type { SecureContext } from 'node:tls';
import type { Clock } from '../base/clock.ts';
import type { SecretStore } from '../keychain/secret-store.ts';
import { AuthorityError } from './authority-error.ts';
import { certifiedHost } from './host-name.ts';
import { createLeaves } from './leaves.ts';
import { describeConstraints, loopbackRanges, permits, permitsPattern } from './name-constraints.ts';
import { readPem, replacePem } from './pem-file.ts';
import { incomingPath, makeIncoming, rotationGrace, takeOver, takesOverAt } from './rotation.ts';
import { loadAuthority, makeAuthority, type AuthorityPlan, type StoredAuthority } from './stored-authority.ts';

export interface AuthorityStatus {
  /** `CN=…, O=…, OU=…` */
  readonly subject: string;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** SHA-256 of the certificate, upper-case hex with colons. */
  readonly fingerprint256: string;
  /** The names it may vouch for, or null when it is bound to none. */
  readonly constrainedTo: readonly string[] | null;
  readonly path: string;
}

export interface Authority {
  /** The file a client is told to trust: one certificate, or two when the policy intercepts hosts outside the first. */
  readonly certificatePath: string;
  /** What stands in that file. */
  certificatesPem(): string;
  /**
   * A server context for the host, signed on first use and cached. Throws `AuthorityError`: `unsafe-host`, `expired`, or
   * `not-covered` when no authority here may vouch for the host (`ensureFor` was not told about it).
   */
  leafFor(host: string): SecureContext;
  /**
   * Makes the second authority when one of the policy's host patterns needs it. True when the certificate file changed,
   * so that clients have to be told again. Rejects with `AuthorityError` or `KeychainError`.
   */
  ensureFor(patterns: readonly string[]): Promise<boolean>;
  status(): readonly AuthorityStatus[];
  /**
   * Makes a successor for each authority and publishes it in the certificate file. The present ones go on signing until
   * `finishRotation`, since clients that run know no other. Again while one is waiting: nothing. Rejects as `ensureFor` does.
   */
  rotate(): Promise<void>;
  /**
   * Lets successors take over that were made at least `grace` milliseconds ago, here or by another process, and removes the
   * old keys. True when the certificate file or a signer changed. To be called now and then, e.g. every hour.
   */
  finishRotation(grace?: number): Promise<boolean>;
  /** Successors that wait, each with the time of its take-over (ISO 8601) after `rotationGrace`. */
  incoming(): readonly (AuthorityStatus & { readonly takesOver: string })[];
}

export interface AuthorityOptions {
  /** Made 0700 when missing. Holds certificates only. */
  readonly folder: string;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  /** Domains of the well-known providers; the first authority may vouch for these and all below, and for loopback. */
  readonly wellKnown: readonly string[];
  /** `<user>@<host>`, shown where certificates are listed. */
  readonly user: string;
}

/** Opens the user's authority, making it on first use. Safe when several processes do so at once. Rejects with `AuthorityError` or `KeychainError`. */
export async function openAuthority(options: AuthorityOptions): Promise<Authority> {
  const { folder, secrets, clock } = options;
  const certificatePath = join(folder, 'ca.pem');
  const known: AuthorityPlan = {
    path: join(folder, 'known-providers.pem'),
    commonName: `Scrim CA (${options.user})`,
    constraints: {
      domains: [...options.wellKnown.map((domain) => certifiedHost(domain).name), 'localhost'],
      ranges: loopbackRanges,
    },
  };
  const added: AuthorityPlan = {
    path: join(folder, 'added-hosts.pem'),
    commonName: `Scrim CA for added hosts (${options.user})`,
    constraints: null,
  };

  let first = (await load(known.path)) ?? (await make(known));
  let second = await load(added.path);
  let waiting = await loadWaiting();
  const leaves = createLeaves(clock);
  await writeFile();

  function load(path: string): Promise<StoredAuthority | undefined> {
    return storing(folder, loadAuthority(path, secrets));
  }

  function make(plan: AuthorityPlan): Promise<StoredAuthority> {
    return storing(folder, makeAuthority(plan, secrets, clock.now()));
  }

  function all(): StoredAuthority[] {
    return second === undefined ? [first] : [first, second];
  }

  async function loadWaiting(): Promise<StoredAuthority[]> {
    const found = await Promise.all([known, added].map(({ path }) => load(incomingPath(path))));
    return found.filter((authority) => authority !== undefined);
  }

  function certificatesPem(): string {
    return [...all(), ...waiting].map((authority) => authority.signer.pem).join('');
  }

  /** Brings ca.pem up to date; true when it was not. */
  async function writeFile(): Promise<boolean> {
    let isChanged = false;
    // Another process may have made the second authority or begun a rotation between our look and our write: look again.
    for (let look = 0; look < 5; look += 1) {
      second ??= await load(added.path);
      waiting = await loadWaiting();
      if ((await storing(folder, readPem(certificatePath))) === certificatesPem()) break;
      await storing(folder, replacePem(certificatePath, certificatesPem()));
      isChanged = true;
    }
    return isChanged;
  }

  return {
    certificatePath,
    certificatesPem,
    leafFor(host) {
      const certified = certifiedHost(host);
      const authority = all().find(({ constraints }) => permits(constraints, certified));
      if (authority === undefined) {
        throw new AuthorityError(
          'not-covered',
          `Add ${certified.name} to "intercept" in the policy: no certificate is made for hosts outside it.`,
        );
      }
      if (clock.now() >= authority.certificate.validToDate.getTime()) {
        throw new AuthorityError(
          'expired',
          `Remove ${authority.path} and start Scrim again: it ended on ${authority.certificate.validTo}, and clients must then trust the new one.`,
        );
      }
      return leaves.contextFor(certified, authority.signer);
    },
    async ensureFor(patterns) {
      if (second !== undefined || patterns.every((pattern) => permitsPattern(first.constraints, pattern)))
        return await writeFile();
      second = (await load(added.path)) ?? (await make(added));
      return await writeFile();
    },
    status: () => all().map(describe),
    async rotate() {
      for (const plan of second === undefined ? [known] : [known, added]) {
        await storing(folder, makeIncoming(plan, secrets, clock.now()));
      }
      await writeFile();
    },
    async finishRotation(grace = rotationGrace) {
      for (const { path } of [known, added]) await storing(folder, takeOver(path, secrets, clock.now(), grace));
      const before = all();
      first = current(first, await load(known.path)) ?? (await make(known));
      second = current(second, await load(added.path));
      const isChanged = await writeFile();
      return (
        isChanged || all().length !== before.length || all().some((authority, index) => authority !== before[index])
      );
    },
    incoming: () =>
      waiting.map((authority) => ({
        ...describe(authority),
        takesOver: new Date(takesOverAt(authority, rotationGrace)).toISOString(),
      })),
  };
}

/** What is on disk; what we hold already when it is the same, so that its leaves stay cached. */
function current(held: StoredAuthority | undefined, found: StoredAuthority | undefined): StoredAuthority | undefined {
  return held !== undefined && held.signer.pem === found?.signer.pem ? held : found;
}

function describe({ certificate, constraints, path }: StoredAuthority): AuthorityStatus {
  return {
    subject: certificate.subject.split('\n').join(', '),
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    fingerprint256: certificate.fingerprint256,
    constrainedTo: constraints === null ? null : describeConstraints(constraints),
    path,
  };
}

/** Turns what the file system says into a sentence; our own errors pass. */
async function storing<T>(folder: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) {
      throw new AuthorityError('cannot-store', `Make ${folder} readable and writable for you, then try again.`, {
        cause: error,
      });
    }
    throw error;
  }
}
