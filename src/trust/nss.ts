// NSS databases: Chromium, Chrome and Electron editors on Linux; Firefox everywhere. Changed with certutil of NSS.

import { join } from 'node:path';
import type { Command } from '../base/command.ts';
import { isThere, namesIn } from './files.ts';
import { ourName, sha256OfPem, statusOf, type TrustEnvironment, type TrustStore } from './trust-store.ts';

/** One store for each database that is there, and for Chromium's even when it is not. */
export async function nssStores(env: TrustEnvironment): Promise<TrustStore[]> {
  const chromium = env.platform === 'linux' ? await chromiumFolders(env) : [];
  const firefox = await firefoxProfiles(env);
  return [
    ...chromium.map((folder) => nssStore(env, folder, 'Chromium, Chrome and editors made with Electron')),
    ...firefox.map((folder) => nssStore(env, folder, 'Firefox')),
  ];
}

function nssStore(env: TrustEnvironment, folder: string, title: string): TrustStore {
  const database = `sql:${folder}`;
  const certutil = (...args: string[]): Command => ({ program: 'certutil', args: [...args, '-d', database] });

  /** Name and SHA-256 of what is ours and trusted for servers. */
  async function ours(): Promise<{ name: string; sha256: string; isTrusted: boolean }[]> {
    if (!(await isThere(join(folder, 'cert9.db')))) return [];
    const { stdout } = await env.run(certutil('-L'));
    const rows = stdout.split('\n').map((line) => /^(.+?)\s+([a-zA-Z]*),[a-zA-Z]*,[a-zA-Z]*\s*$/.exec(line));
    const found = [];
    for (const row of rows) {
      const [, name = '', flags = ''] = row ?? [];
      if (!name.startsWith(ourName)) continue;
      const { stdout: pem } = await env.run(certutil('-L', '-a', '-n', name));
      const sha256 = sha256OfPem(pem);
      if (sha256 !== undefined) found.push({ name, sha256, isTrusted: flags.includes('C') });
    }
    return found;
  }

  return {
    id: `nss:${folder}`,
    title,
    async status() {
      if (!(await hasCertutil(env)))
        return { is: 'unavailable', hint: 'Install libnss3-tools (nss-tools, nss): it has certutil.' };
      return statusOf(
        env,
        (await ours()).filter(({ isTrusted }) => isTrusted).map(({ sha256 }) => sha256),
      );
    },
    async commands(action) {
      const found = await ours();
      const wanted = action === 'install' ? env.certificates : [];
      const isKept = (entry: { sha256: string }) => wanted.some(({ sha256 }) => sha256 === entry.sha256);
      const missing = wanted.filter(({ sha256 }) => !found.some((entry) => entry.sha256 === sha256 && entry.isTrusted));
      const isNew = missing.length > 0 && !(await isThere(join(folder, 'cert9.db')));
      return [
        ...(isNew ? [{ program: 'mkdir', args: ['-p', '-m', '700', folder] }, certutil('-N', '--empty-password')] : []),
        ...found.filter((entry) => !isKept(entry)).map(({ name }) => certutil('-D', '-n', name)),
        // C: an authority for servers, and nothing else.
        ...missing.map(({ name, path }) => certutil('-A', '-t', 'C,,', '-n', name, '-i', path)),
      ];
    },
  };
}

/** `~/.pki/nssdb` wins when it is there, else XDG's place (Chromium since 2025); snaps and flatpaks have their own. */
async function chromiumFolders(env: TrustEnvironment): Promise<string[]> {
  const { home, variables } = env;
  const data = variables['XDG_DATA_HOME'];
  const old = join(home, '.pki', 'nssdb');
  const xdg = join(data === undefined || data === '' ? join(home, '.local', 'share') : data, 'pki', 'nssdb');
  const snap = join(home, 'snap', 'chromium', 'current');
  const sandboxes = await Promise.all(
    (await namesIn(join(home, '.var', 'app'))).flatMap((app) =>
      [join('.pki', 'nssdb'), join('data', 'pki', 'nssdb')].map(async (place) => {
        const folder = join(home, '.var', 'app', app, place);
        return (await isThere(folder)) ? [folder] : [];
      }),
    ),
  );
  return [
    (await isThere(old)) ? old : xdg,
    ...((await isThere(snap)) ? [join(snap, '.pki', 'nssdb')] : []),
    ...sandboxes.flat(),
  ];
}

/** Profiles that Firefox has used: the database is there. */
async function firefoxProfiles({ platform, home, variables }: TrustEnvironment): Promise<string[]> {
  const parents = {
    linux: [
      join(home, '.mozilla', 'firefox'),
      join(home, '.config', 'mozilla', 'firefox'),
      join(home, 'snap', 'firefox', 'common', '.mozilla', 'firefox'),
      join(home, '.var', 'app', 'org.mozilla.firefox', '.mozilla', 'firefox'),
    ],
    darwin: [join(home, 'Library', 'Application Support', 'Firefox', 'Profiles')],
    win32: [join(variables['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Mozilla', 'Firefox', 'Profiles')],
  }[platform];
  const profiles: string[] = [];
  for (const parent of parents) {
    for (const name of await namesIn(parent)) {
      if (await isThere(join(parent, name, 'cert9.db'))) profiles.push(join(parent, name));
    }
  }
  return profiles;
}

/** NSS's certutil: Windows has another program of that name. */
async function hasCertutil(env: TrustEnvironment): Promise<boolean> {
  const { code, stdout, stderr } = await env.run({ program: 'certutil', args: ['-H'] });
  return code !== null && (stdout + stderr).includes('Add a certificate to the database');
}
