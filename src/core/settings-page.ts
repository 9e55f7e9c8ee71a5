// What Scrim runs with, for the window.

import { stat, readdir } from 'node:fs/promises';
import { release } from 'node:os';
import { join } from 'node:path';
import type { Authority, AuthorityStatus } from '../certificates/authority.ts';
import type { Autostart, AuthorityRow, SettingsPage } from '../contract/procedures/settings.ts';
import { placeName } from './keys-page.ts';
import { bundlePathOf, pacPath, reachable } from './machine.ts';
import type { CoreParts } from './procedures/parts.ts';
import { questionWays } from './question-ways.ts';
import type { AutostartSwitch } from './serve-options.ts';
import { vaultFileOf } from './vault.ts';

const mostDomains = 100;
const systems: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

export async function settingsPage(parts: CoreParts): Promise<SettingsPage> {
  const { options, places, stores, status, policy, authority } = parts;
  const { version, proxy, gateway, ui, ca } = status();
  const { sessions, approval } = policy();
  const vaultFile = vaultFileOf(places.dataFolder);
  const [ways, logSize, vaultSize, autostart] = await Promise.all([
    questionWays(options, approval.hook),
    sizeOfFolder(join(places.dataFolder, 'sessions')),
    sizeOf(vaultFile),
    autostartOf(options.autostart),
  ]);
  return {
    version,
    system: `${systems[process.platform] ?? process.platform} ${release()}, Node ${process.versions.node}`,
    dataFolder: places.dataFolder,
    policyFile: places.policyFile,
    addresses: {
      proxy: reachable(proxy),
      gateway: reachable(gateway),
      pac: reachable(ui) + pacPath,
      ca,
      bundle: bundlePathOf(places),
    },
    autostart,
    ways,
    log: { size: logSize, retain: sessions.retain, maxSize: sessions.maxSize },
    vault: {
      isOn: sessions.originals !== 'never',
      keep: sessions.originals === 'never' ? null : sessions.originals.keep,
      size: vaultSize,
    },
    authorities: authorityRows(authority),
    keysPlace: placeName(stores.place),
  };
}

export async function autostartOf(shell: AutostartSwitch | undefined): Promise<Autostart> {
  if (shell !== undefined) return { isOffered: true, isOn: await shell.isOn() };
  return { isOffered: false, why: 'The desktop app offers this; here, start scrim serve with your session yourself.' };
}

export function authorityRows(authority: Pick<Authority, 'status' | 'incoming'>): AuthorityRow[] {
  const row = ({
    subject,
    path,
    notAfter,
    fingerprint256,
    constrainedTo,
  }: AuthorityStatus): Omit<AuthorityRow, 'takesOver'> => ({
    ...{ subject, path, notAfter, fingerprint: fingerprint256 },
    constrainedTo: constrainedTo === null ? null : constrainedTo.slice(0, mostDomains),
  });
  return [
    ...authority.status().map((each) => ({ ...row(each), takesOver: null })),
    ...authority.incoming().map((each) => ({ ...row(each), takesOver: each.takesOver })),
  ];
}

async function sizeOf(file: string): Promise<number> {
  return await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

async function sizeOfFolder(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(names.map((name) => sizeOf(join(folder, name))));
  return sizes.reduce((sum, size) => sum + size, 0);
}
