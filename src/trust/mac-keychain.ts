// macOS: the login keychain of the user. The system asks for the password in a window of its own; no sudo.

import { join } from 'node:path';
import type { Command } from '../base/command.ts';
import { ourName, statusOf, type TrustEnvironment, type TrustStore } from './trust-store.ts';

export function macKeychainStore(env: TrustEnvironment): TrustStore {
  const keychain = join(env.home, 'Library', 'Keychains', 'login.keychain-db');
  const security = (...args: string[]): Command => ({ program: 'security', args });

  async function found(): Promise<{ sha1: string; sha256: string }[]> {
    const { stdout } = await env.run(security('find-certificate', '-a', '-c', ourName, '-Z', keychain));
    return [...stdout.matchAll(/SHA-256 hash: ([\dA-F]{64})\s+SHA-1 hash: ([\dA-F]{40})/g)].map(
      ([, sha256 = '', sha1 = '']) => ({
        sha256,
        sha1,
      }),
    );
  }

  /** Being there is not being trusted. */
  async function isTrusted(path: string): Promise<boolean> {
    const { code } = await env.run(security('verify-cert', '-c', path, '-p', 'ssl', '-l', '-L', '-q'));
    return code === 0;
  }

  return {
    id: 'keychain',
    title: 'Safari, Chrome, editors, Go, .NET: everything that asks macOS',
    async status() {
      const status = statusOf(
        env,
        (await found()).map(({ sha256 }) => sha256),
      );
      const trusted = await Promise.all(env.certificates.map(({ path }) => isTrusted(path)));
      return status.is === 'trusted' && trusted.includes(false) ? { is: 'outdated' } : status;
    },
    async commands(action) {
      const entries = await found();
      const wanted = action === 'install' ? env.certificates : [];
      const extra = entries.filter(({ sha256 }) => !wanted.some((certificate) => certificate.sha256 === sha256));
      const missing = [];
      for (const certificate of wanted) {
        const isThere = entries.some(({ sha256 }) => sha256 === certificate.sha256);
        if (!isThere || !(await isTrusted(certificate.path))) missing.push(certificate);
      }
      return [
        // -t takes the trust settings along.
        ...extra.map(({ sha1 }) => security('delete-certificate', '-Z', sha1, '-t', keychain)),
        ...missing.map(({ path }) =>
          security('add-trusted-cert', '-r', 'trustRoot', '-p', 'ssl', '-k', keychain, path),
        ),
      ];
    },
  };
}
