// What must be true of the packed app, whoever packed it: what is in the archive, and what is not.

import { createHash } from 'node:crypto';
import { access, constants, readdir, readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, posix, relative, sep } from 'node:path';
import { extractFile, listPackage, statFile } from '@electron/asar';
import ts from 'typescript';
import { tell, type Report } from './findings.ts';
import { wrongFuses } from './fuses.ts';
import { executableName, root } from './staging.ts';

const keyringFolder = 'node_modules/@napi-rs';

/** All that app.asar may hold; the rest is a mistake until it stands here. */
const allowed = [
  /^LICENSE$/,
  /^package\.json$/,
  /^dist\/electron\/[\w.-]+\.(?:js|cjs|md)$/,
  /^dist\/electron\/tray\/[\w@-]+\.(?:png|ico)$/,
  /^dist\/renderer\/(?:[\w@.-]+\/)*[\w@.-]+\.(?:html|js|css|svg|png|ico|woff2|md)$/,
  /^node_modules\/@napi-rs\/keyring(?:-[\w-]+)?\/[\w.-]+$/,
];

const needed = [
  'dist/electron/main.js',
  'dist/electron/core-process.js',
  'dist/electron/preload.cjs',
  'dist/renderer/index.html',
];

/** Token-shaped text, by kind. Not our own rules: they would find their own examples. */
const tokens: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\r\n\\n]+[A-Za-z0-9+/]{40}/],
  ['an AWS key', /\b(?:AKIA|ASIA)(?!IOSFODNN7EXAMPLE|I44QH8DHBEXAMPLE)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\b(?:gh[opusr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60})/],
  ['an OpenAI or Anthropic key', /\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32}/],
  ['a Google key', /\bAIza[0-9A-Za-z_-]{35}\b/],
  ['a Slack token', /\bxox[abprs]-\d{10}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{36}\b/],
  ['a JSON web token', /\beyJ[A-Za-z0-9_-]{15,}\.eyJ[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]{20}/],
];

export interface PackedApp {
  /** The folder with the executable. */
  readonly folder: string;
  readonly version: string;
}

export async function checkApp({ folder, version }: PackedApp, report: Report): Promise<void> {
  const resources = join(folder, 'resources');
  const archive = join(resources, 'app.asar');
  const files = listPackage(archive, { isPack: false })
    .map((path) => path.slice(1).replaceAll(sep, '/'))
    .filter((path) => !('files' in statFile(archive, path)));

  tell(report, `fuses: all nine are as stated in ${executableName}`, await wrongFuses(join(folder, executableName)));
  tell(
    report,
    `app.asar: ${files.length} files, bundles, pictures and the keychain module only; no sources, tests or source maps`,
    files
      .filter((path) => !allowed.some((pattern) => pattern.test(path)))
      .map((path) => `${path} does not belong there`),
  );
  tell(report, 'app.asar: every entry point, the pictures of the tray and the licences are there', [
    ...needed.filter((path) => !files.includes(path)).map((path) => `${path} is missing`),
    ...['electron', 'renderer']
      .map((part) => `dist/${part}/licenses.md`)
      .filter((path) => !files.includes(path))
      .map((path) => `${path}, the licences of what is bundled, is missing`),
    ...(files.some((path) => path.startsWith('dist/electron/tray/')) ? [] : ['the pictures of the tray are missing']),
  ]);
  checkPackageJson(archive, files, version, report);
  tell(report, 'app.asar: every program that a bundle starts lies beside it', missingPrograms(archive, files));
  tell(
    report,
    'app.asar: bundles import what is there, and nothing by a name that is not',
    strangeImports(archive, files),
  );
  tell(report, 'app.asar: every file is as it was packed (SHA-256)', brokenFiles(archive, files));
  await checkUnpacked(archive, files, report);

  const languages = (await readdir(join(folder, 'locales'))).sort();
  tell(report, 'languages: en-US only', languages.join() === 'en-US.pak' ? [] : [`there are ${languages.join(', ')}`]);
  const top = await readdir(resources);
  const strange = top.filter(
    (name) => !['app.asar', 'app.asar.unpacked', 'headless', 'apparmor-profile', 'package-type'].includes(name),
  );
  tell(
    report,
    'resources: the archive and the headless package, no update feed',
    strange.map((name) => `${name} is there`),
  );
  await access(join(folder, executableName), constants.X_OK).then(
    () => tell(report, `${executableName} can be run`, []),
    () => tell(report, `${executableName} can be run`, ['it is not executable']),
  );
  await checkTexts(folder, archive, files, report);
}

function checkPackageJson(archive: string, files: readonly string[], version: string, report: Report): void {
  const content = files.includes('package.json') ? extractFile(archive, 'package.json').toString('utf8') : '{}';
  const found = JSON.parse(content) as Record<string, unknown>;
  const dependencies = Object.keys((found['dependencies'] ?? {}) as object).join(', ');
  const complaints = [
    found['main'] === 'dist/electron/main.js' ? '' : `main is ${String(found['main'])}`,
    found['version'] === version ? '' : `version is ${String(found['version'])}`,
    found['desktopName'] === `${executableName}.desktop` ? '' : 'desktopName does not name the desktop file',
    ...['devDependencies', 'scripts', 'build'].map((key) => (key in found ? `${key} is there` : '')),
    dependencies === '@napi-rs/keyring' ? '' : `dependencies are ${dependencies}`,
  ];
  tell(report, 'app.asar: package.json names the one dependency and no scripts', complaints.filter(Boolean));
}

/** Processes and threads are started as `new URL('name.js', import.meta.url)`: the bundler does not follow that. */
function missingPrograms(archive: string, files: readonly string[]): string[] {
  return files
    .filter((path) => /^dist\/electron\/.*\.js$/.test(path))
    .flatMap((path) => {
      const text = extractFile(archive, path).toString('utf8');
      return [...text.matchAll(/new URL\(([^;]{0,200}?), ?import\.meta\.url\)/g)]
        .flatMap(([, words = '']) =>
          [...words.matchAll(/["'](?:\.\/)?([\w-]+\.c?js)["']/g)].map(([, name = '']) => name),
        )
        .filter((name) => !files.includes(`dist/electron/${name}`))
        .map((name) => `${path} starts ${name}, which is missing`);
    });
}

/** There is no node_modules to find anything in: an import that stayed outside its bundle fails when it is first used. */
function strangeImports(archive: string, files: readonly string[]): string[] {
  const known = new Set(['electron', '@napi-rs/keyring']);
  return files
    .filter((path) => /^dist\/.*\.c?js$/.test(path))
    .flatMap((path) => {
      const { importedFiles } = ts.preProcessFile(extractFile(archive, path).toString('utf8'), true, true);
      return importedFiles
        .map(({ fileName }) => fileName)
        .filter((name) =>
          name.startsWith('.')
            ? !files.includes(posix.join(posix.dirname(path), name))
            : !isBuiltin(name) && !known.has(name),
        )
        .map((name) => `${path} imports ${name}`);
    });
}

function brokenFiles(archive: string, files: readonly string[]): string[] {
  return files.flatMap((path) => {
    const entry = statFile(archive, path);
    if ('unpacked' in entry && entry.unpacked === true) return [];
    if (!('integrity' in entry)) return [`${path} has no checksum`];
    const hash = createHash('sha256').update(extractFile(archive, path)).digest('hex');
    return hash === entry.integrity.hash ? [] : [`${path} does not have its checksum`];
  });
}

/** SECURITY: what lies beside the archive is not checked when it is loaded: only what the system must load may. */
async function checkUnpacked(archive: string, files: readonly string[], report: Report): Promise<void> {
  const folder = `${archive}.unpacked`;
  const unpacked = (await filesIn(folder)).map((path) => relative(folder, path).replaceAll(sep, '/'));
  const native = new RegExp(`^${keyringFolder}/keyring-${process.platform}-${process.arch}[\\w-]*/[\\w.-]+\\.node$`);
  tell(
    report,
    `keychain module for ${process.platform}-${process.arch}: unpacked, in the archive's list, and nothing else`,
    [
      ...(unpacked.some((path) => native.test(path)) ? [] : ['it is not unpacked']),
      ...unpacked.filter((path) => !native.test(path)).map((path) => `${path} lies outside the archive`),
      ...unpacked.filter((path) => !files.includes(path)).map((path) => `${path} is not in the archive's list`),
    ],
  );
}

/** Looks for this checkout's path and for tokens in all that is ours (Electron's own files are not). */
async function checkTexts(folder: string, archive: string, files: readonly string[], report: Report): Promise<void> {
  const texts: [string, Buffer][] = files.map((path) => [path, extractFile(archive, path)]);
  for (const path of await filesIn(join(folder, 'resources/headless')))
    texts.push([relative(folder, path), await readFile(path)]);
  tell(
    report,
    `no path of this checkout in ${texts.length} files`,
    texts.filter(([, bytes]) => bytes.includes(root)).map(([path]) => `${path} holds ${root}`),
  );
  const found = texts.flatMap(([path, bytes]) => {
    const text = bytes.toString('latin1');
    return tokens.filter(([, pattern]) => pattern.test(text)).map(([kind]) => `${path} holds what looks like ${kind}`);
  });
  tell(report, `no secrets: none of ${tokens.length} kinds of tokens in ${texts.length} files`, found);
}

/** Every file below a folder; none when there is no such folder. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
