// Packs for one system: stages, then lets electron-builder work. `npm run package` is this with the real Electron.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Arch, build, Platform, type CliOptions, type Configuration } from 'electron-builder';
import { configuration, type PackageOptions } from '../electron-builder.config.ts';
import { signing } from './signing.ts';
import { root, stageApp, stageInstalledHeadless } from './staging.ts';

export interface PackRequest {
  /** The folder of the bundles. */
  readonly build: string;
  /** Where staged files and packages go. */
  readonly output: string;
  readonly platform: NodeJS.Platform;
  /** As electron-builder names them; the configuration's own when none are named. */
  readonly targets?: readonly string[];
  readonly electronDist?: string;
  /** Only tests of the checks change anything. */
  readonly change?: (configuration: Configuration) => Configuration;
  readonly tell: (sentence: string) => void;
}

/** Resolves to the paths of the packages. */
export async function pack(request: PackRequest): Promise<string[]> {
  const { app, headless } = stages(request);
  await stageApp(request.build, app);
  await stageInstalledHeadless(request.build, headless, request.platform);
  signing(request.platform, process.env).skipped.forEach(request.tell);
  return build(await builderOptions(request));
}

/** The desktop file that an AppImage of this app would have. No AppImage is made: that takes tools from elsewhere. */
export async function appImageDesktopFile(request: PackRequest, packed: string): Promise<string> {
  let found = '';
  await build({
    ...(await builderOptions({ ...request, targets: ['AppImage'] })),
    prepackaged: packed,
    effectiveOptionComputed: ({ desktop }: { desktop: string }) => {
      found = desktop;
      return Promise.resolve(true);
    },
  });
  return found;
}

const stages = ({ output }: PackRequest) => ({ app: join(output, 'app'), headless: join(output, 'headless') });

async function builderOptions(request: PackRequest): Promise<CliOptions> {
  const { output, platform, electronDist, change = (same) => same } = request;
  const options: PackageOptions = {
    ...stages(request),
    output,
    platform,
    env: process.env,
    electronVersion: await electronVersion(),
    ...(electronDist === undefined ? {} : { electronDist }),
  };
  const targets = request.targets === undefined ? undefined : [...request.targets];
  return {
    projectDir: root,
    config: change(configuration(options)),
    publish: 'never',
    targets: platformOf(platform).createTarget(targets, process.arch === 'arm64' ? Arch.arm64 : Arch.x64),
  };
}

function platformOf(platform: NodeJS.Platform): Platform {
  if (platform === 'linux') return Platform.LINUX;
  if (platform === 'darwin') return Platform.MAC;
  if (platform === 'win32') return Platform.WINDOWS;
  throw new Error(`There is no desktop app for ${platform}; the headless package (npm run package npm) runs there.`);
}

export async function electronVersion(): Promise<string> {
  const text = await readFile(join(root, 'node_modules/electron/package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
