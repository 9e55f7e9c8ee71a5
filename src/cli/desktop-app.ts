// Where the desktop app is, for `scrim start`: installed beside this command line, or as Electron and our bundle in a checkout.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** `why`: a part of a sentence. */
export type DesktopApp =
  { readonly command: readonly [program: string, ...words: string[]] } | { readonly why: string };

export interface DesktopAppOptions {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of the command line: `src/cli` or `dist/cli`. */
  readonly folder: string;
}

/** Electron's program in an unpacked download, and ours in an installed app, from the folder of its resources. */
const programs = {
  darwin: { electron: 'Electron.app/Contents/MacOS/Electron', ours: '../MacOS/Scrim' },
  win32: { electron: 'electron.exe', ours: '../Scrim.exe' },
  linux: { electron: 'electron', ours: '../scrim-desktop' },
};

export function findDesktopApp({ platform, env, folder }: DesktopAppOptions): DesktopApp {
  const screen = missingScreen(platform, env);
  if (screen !== undefined) return { why: screen };
  const { electron, ours } = programs[platform === 'darwin' || platform === 'win32' ? platform : 'linux'];
  // An installed app has this command line at resources/headless/dist/cli.
  const installed = resolve(folder, '../../..', ours);
  if (resolve(folder, '../..').endsWith('headless') && existsSync(installed)) return { command: [installed] };
  const named = env['ELECTRON_OVERRIDE_DIST_PATH'] ?? '';
  const runtime = join(named === '' ? resolve(folder, '../../node_modules/electron/dist') : named, electron);
  if (!existsSync(runtime)) return { why: named === '' ? noRuntime : `there is no Electron at ${runtime}` };
  const main = ['../electron/main.js', '../../dist/electron/main.js'].map((path) => resolve(folder, path));
  const bundle = main.find((path) => existsSync(path));
  return bundle === undefined
    ? { why: 'the app is not built (npm run build makes it)' }
    : { command: [runtime, bundle] };
}

const noRuntime = 'no Electron runtime is here (npx install-electron fetches one)';

function missingScreen(platform: NodeJS.Platform, env: DesktopAppOptions['env']): string | undefined {
  const has = (name: string): boolean => (env[name] ?? '') !== '';
  if (platform === 'darwin' || platform === 'win32')
    return has('SSH_CONNECTION') ? 'this is a session over SSH' : undefined;
  return has('DISPLAY') || has('WAYLAND_DISPLAY') ? undefined : 'this session has no display';
}
