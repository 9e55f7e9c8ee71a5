// Lays out what is shipped, file by file: the app (it becomes app.asar) and the headless package. Nothing gets in by being near.

import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export const executableName = 'scrim-desktop';
export const homepage = 'https://github.com/scrim-dev/scrim';
const keyring = '@napi-rs/keyring';

/** What a bundle may consist of. Source maps stay at home; any other kind of file must be thought of first. */
const shipped = new Set(['.js', '.cjs', '.html', '.css', '.svg', '.png', '.ico', '.woff2', '.md', '.json']);
const leftOut = new Set(['.map']);

interface RootPackage {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const rootPackage = async (): Promise<RootPackage> =>
  JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as RootPackage;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Files that the build makes and that both packages start from. */
export const appEntries = [
  'electron/main.js',
  'electron/core-process.js',
  'electron/preload.cjs',
  'renderer/index.html',
];
export const headlessEntries = ['cli/cli.js', 'renderer/index.html'];

/** Copies one folder of the build. Throws on a kind of file that it does not know. */
async function copyBundle(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const kind = extname(entry.name);
    if (leftOut.has(kind)) continue;
    if (!shipped.has(kind)) throw new Error(`${path} is of a kind that is not shipped; see build/package/staging.ts.`);
    const target = join(to, path.slice(from.length + 1));
    await mkdir(dirname(target), { recursive: true });
    await cp(path, target);
  }
}

/** The keychain module for this system, without what only its developers need. */
async function copyKeyring(to: string): Promise<void> {
  const scope = join(root, 'node_modules/@napi-rs');
  for (const name of await readdir(scope)) {
    if (name !== 'keyring' && !name.startsWith('keyring-')) continue;
    await cp(join(scope, name), join(to, '@napi-rs', name), {
      recursive: true,
      filter: (path) => !/\.d\.ts$|keytar\.js$|README\.md$/.test(path),
    });
  }
}

async function requireEntries(build: string, entries: readonly string[]): Promise<void> {
  for (const entry of entries)
    await stat(join(build, entry)).catch(() => {
      throw new Error(`There is no ${join(build, entry)}: run npm run build first.`);
    });
}

/** The folder that electron-builder packs as app.asar. @param build the folder of the bundles (`dist`) */
export async function stageApp(build: string, to: string): Promise<void> {
  await requireEntries(build, appEntries);
  const { version, description, license, dependencies } = await rootPackage();
  await rm(to, { recursive: true, force: true });
  await copyBundle(join(build, 'electron'), join(to, 'dist/electron'));
  await copyBundle(join(build, 'renderer'), join(to, 'dist/renderer'));
  await copyKeyring(join(to, 'node_modules'));
  await cp(join(root, 'LICENSE'), join(to, 'LICENSE'));
  await writeFile(
    join(to, 'package.json'),
    json({
      name: 'scrim',
      productName: 'Scrim',
      version,
      description,
      license,
      homepage,
      author: 'the Scrim authors',
      type: 'module',
      main: 'dist/electron/main.js',
      desktopName: `${executableName}.desktop`,
      dependencies: { [keyring]: dependencies[keyring] },
    }),
  );
}

/** The headless package: what `npm pack` makes a tarball of, and what lies in the installed app beside app.asar. */
export async function stageHeadless(build: string, to: string): Promise<void> {
  await requireEntries(build, headlessEntries);
  const { version, description, license, engines, dependencies } = await rootPackage();
  await rm(to, { recursive: true, force: true });
  await copyBundle(join(build, 'cli'), join(to, 'dist/cli'));
  await copyBundle(join(build, 'renderer'), join(to, 'dist/renderer'));
  await cp(join(root, 'LICENSE'), join(to, 'LICENSE'));
  await cp(join(root, 'build/package/headless.md'), join(to, 'README.md'));
  await writeFile(
    join(to, 'package.json'),
    json({
      name: 'scrim',
      version,
      description,
      license,
      homepage,
      repository: { type: 'git', url: `git+${homepage}.git` },
      keywords: ['proxy', 'secrets', 'masking', 'llm', 'approval'],
      type: 'module',
      bin: { scrim: 'dist/cli/cli.js' },
      files: ['dist', 'LICENSE', 'README.md'],
      engines,
      // All else is inside the bundle; what is native cannot be.
      dependencies: { [keyring]: dependencies[keyring] },
    }),
  );
}

/** The headless package with its native module, run by a Node of the person's: `<resources>/headless/scrim`, on Windows `scrim.cmd`. */
export async function stageInstalledHeadless(build: string, to: string, platform: NodeJS.Platform): Promise<void> {
  await stageHeadless(build, to);
  await copyKeyring(join(to, 'node_modules'));
  const launcher = platform === 'win32' ? 'scrim.cmd' : 'scrim';
  await cp(join(root, 'build/package/launcher', launcher), join(to, launcher));
}
