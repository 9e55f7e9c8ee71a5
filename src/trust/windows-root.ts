// Windows: the user's store of roots. The system asks in a window of its own; no administrator.

import type { Command } from '../base/command.ts';
import { statusOf, type TrustEnvironment, type TrustStore } from './trust-store.ts';

export function windowsRootStore(env: TrustEnvironment): TrustStore {
  const certutil = (...args: string[]): Command => ({ program: 'certutil', args: ['-user', ...args] });

  /** What is ours and there. The store cannot be searched by a part of a name, so an old one is found by its listing. */
  async function found(): Promise<{ sha1: string; sha256: string }[]> {
    const { stdout } = await env.run(certutil('-store', 'Root'));
    return stdout
      .split(/={8,}/)
      .filter((entry) => /O=Scrim\b/.test(entry))
      .map((entry) => /\(sha1\): ([\da-f ]{40,59})/i.exec(entry)?.[1]?.replaceAll(' ', '').toUpperCase())
      .filter((sha1) => sha1 !== undefined)
      .map((sha1) => ({
        sha1,
        sha256: env.certificates.find((certificate) => certificate.sha1 === sha1)?.sha256 ?? sha1,
      }));
  }

  return {
    id: 'windows',
    title: 'Edge, Chrome, editors, Go, .NET, curl: everything that asks Windows',
    status: async () =>
      statusOf(
        env,
        (await found()).map(({ sha256 }) => sha256),
      ),
    async commands(action) {
      const entries = await found();
      const wanted = action === 'install' ? env.certificates : [];
      return [
        ...entries
          .filter(({ sha1 }) => !wanted.some((certificate) => certificate.sha1 === sha1))
          .map(({ sha1 }) => certutil('-delstore', 'Root', sha1)),
        ...wanted
          .filter(({ sha1 }) => !entries.some((entry) => entry.sha1 === sha1))
          .map(({ path }) => certutil('-addstore', 'Root', path)),
      ];
    },
  };
}
