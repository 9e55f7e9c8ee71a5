// The system's store on Linux: a folder of files and a command that reads it. There is none for a single user, so it needs root.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isThere } from './files.ts';
import { asRoot, sha256OfPem, statusOf, type TrustEnvironment, type TrustStore } from './trust-store.ts';

interface Distribution {
  /** Where certificates of the administrator lie. */
  readonly folder: string;
  readonly refresh: readonly [string, ...string[]];
  /** What programs read. */
  readonly bundle: string;
}

const distributions: readonly Distribution[] = [
  // Debian, Ubuntu, Alpine; `--fresh` also takes out what is gone.
  {
    folder: 'usr/local/share/ca-certificates',
    refresh: ['update-ca-certificates', '--fresh'],
    bundle: 'etc/ssl/certs/ca-certificates.crt',
  },
  // Fedora, RHEL
  {
    folder: 'etc/pki/ca-trust/source/anchors',
    refresh: ['update-ca-trust'],
    bundle: 'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  },
  // Arch: what `trust anchor --store` does, with a name of our own
  {
    folder: 'etc/ca-certificates/trust-source/anchors',
    refresh: ['update-ca-trust'],
    bundle: 'etc/ca-certificates/extracted/tls-ca-bundle.pem',
  },
  // openSUSE
  {
    folder: 'etc/pki/trust/anchors',
    refresh: ['update-ca-certificates'],
    bundle: 'var/lib/ca-certificates/ca-bundle.pem',
  },
];

export function linuxSystemStore(env: TrustEnvironment): TrustStore {
  async function distribution(): Promise<Distribution | undefined> {
    for (const candidate of distributions) {
      if (await isThere(join(env.root, candidate.folder))) return candidate;
    }
    return undefined;
  }

  /** Files of ours in the folder. */
  async function files({ folder }: Distribution): Promise<{ path: string; sha256: string | undefined }[]> {
    const names = (await readdir(join(env.root, folder))).filter((name) => /^scrim-[\da-f]{8}\.crt$/.test(name));
    return await Promise.all(
      names.map(async (name) => {
        const path = join(env.root, folder, name);
        return { path, sha256: sha256OfPem(await readFile(path, 'utf8').catch(() => '')) };
      }),
    );
  }

  return {
    id: 'system',
    title: "All programs that use the system's roots: curl, git, Go, Codex, …",
    async status() {
      const found = await distribution();
      if (found === undefined)
        return { is: 'unavailable', hint: 'Install ca-certificates: this system has no store that we know.' };
      const bundle = (await readFile(join(env.root, found.bundle), 'utf8').catch(() => '')).replaceAll('\r', '');
      const entries = await files(found);
      const known = entries.map(({ sha256 }) => sha256).filter((sha256) => sha256 !== undefined);
      const status = statusOf(env, known);
      // A file without the command having run is not in force yet.
      const isInForce = env.certificates.every(({ pem }) => bundle.includes(body(pem)));
      return status.is === 'trusted' && !isInForce ? { is: 'outdated' } : status;
    },
    async commands(action) {
      const found = await distribution();
      if (found === undefined) return [];
      const wanted = action === 'install' ? env.certificates : [];
      const entries = await files(found);
      const extra = entries.filter(({ sha256 }) => !wanted.some((certificate) => certificate.sha256 === sha256));
      const [program, ...args] = found.refresh;
      const missing = wanted.filter(({ sha256 }) => !entries.some((entry) => entry.sha256 === sha256));
      const bundle = await readFile(join(env.root, found.bundle), 'utf8').catch(() => '');
      const isStale = wanted.some(({ pem }) => !bundle.includes(body(pem)));
      if (missing.length === 0 && extra.length === 0 && !isStale) return [];
      return [
        ...extra.map(({ path }) => ({ program: 'rm', args: ['-f', path] })),
        ...missing.map(({ path, sha256 }) => ({
          program: 'install',
          args: ['-m', '644', path, join(env.root, found.folder, `scrim-${sha256.slice(0, 8).toLowerCase()}.crt`)],
        })),
        { program, args },
      ].map((command) => asRoot(env, command));
    },
  };
}

function body(pem: string): string {
  return pem.replaceAll('\r', '').trim();
}
