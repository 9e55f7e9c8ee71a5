// This machine and its user, as `capture/` and `trust/` want to be told of them.

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { RunCommand } from '../base/command.ts';
import type { SetupEnvironment } from '../capture/setup-environment.ts';
import type { Authority } from '../certificates/authority.ts';
import { findInstance } from '../settings/instance.ts';
import type { Locations } from '../settings/locations.ts';
import { systemCommands } from '../trust/run-command.ts';
import { trustedCertificate, type TrustEnvironment } from '../trust/trust-store.ts';

export interface Machine {
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly home: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Undefined on Windows. */
  readonly userId: number | undefined;
  readonly run: RunCommand;
}

/** Where clients are to find Scrim, now or when it runs again. */
export interface Addresses {
  readonly proxy: string;
  readonly gateway: string;
  /** Undefined: the port of the control interface is another one each time. */
  readonly pacUrl: string | undefined;
  /** Something answers at `proxy`. */
  readonly isRunning: boolean;
}

export const defaultListen = '127.0.0.1:8877';
export const defaultUi = '127.0.0.1:8878';
/** Of the control interface: the PAC script. */
export const pacPath = '/proxy.pac';

export function thisMachine(env: Readonly<Record<string, string | undefined>>): Machine {
  const { platform } = process;
  return {
    // The BSDs keep their settings where Linux does.
    platform: platform === 'darwin' || platform === 'win32' ? platform : 'linux',
    home: homedir(),
    variables: env,
    userId: process.getuid?.(),
    run: systemCommands({ env }),
  };
}

/** Those of the running instance when it will have them again, else the usual ones: a port that was free once is nobody's the next time. */
export async function lastingAddresses(places: Locations): Promise<Addresses> {
  const instance = await findInstance(places.instanceFile);
  if (instance?.fixed?.includes('proxy') !== true) {
    const proxy = `http://${defaultListen}`;
    return { proxy, gateway: proxy, pacUrl: `http://${defaultUi}${pacPath}`, isRunning: false };
  }
  const { proxy, gateway, ui, fixed } = instance;
  const pacUrl = ui !== null && fixed.includes('ui') ? reachable(ui) + pacPath : undefined;
  return { proxy: reachable(proxy), gateway: reachable(gateway), pacUrl, isRunning: true };
}

/** Who listens everywhere listens on loopback too; the address for "everywhere" is not one to connect to. */
export function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}

/** The system's roots and ours. */
export function bundlePathOf(places: Locations): string {
  return join(places.certificatesFolder, 'bundle.pem');
}

export function setupEnvironment(machine: Machine, places: Locations, addresses: Addresses): SetupEnvironment {
  const { proxy, gateway, pacUrl } = addresses;
  return {
    ...machine,
    ...{ proxy, gateway, pacUrl },
    caPath: join(places.certificatesFolder, 'ca.pem'),
    bundlePath: bundlePathOf(places),
    dataFolder: places.dataFolder,
  };
}

/** Trusts what signs now and what will sign after a rotation. */
export async function trustEnvironment(
  machine: Machine,
  places: Locations,
  authority: Pick<Authority, 'status' | 'incoming'>,
): Promise<TrustEnvironment> {
  const paths = [...authority.status(), ...authority.incoming()].map(({ path }) => path);
  const certificates = await Promise.all(
    paths.map(async (path) => trustedCertificate(path, await readFile(path, 'utf8'))),
  );
  return { ...machine, certificates, folder: places.certificatesFolder, root: '/' };
}

/** The proxy by which the user's programs reach the net now, when it is not one on this machine: Scrim needs it as well. */
export function usersProxy(env: Readonly<Record<string, string | undefined>>): URL | undefined {
  const url = URL.parse(env['HTTPS_PROXY'] ?? env['https_proxy'] ?? '');
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  return /^(localhost|127\.|\[::1\])/.test(url.hostname) ? undefined : url;
}
