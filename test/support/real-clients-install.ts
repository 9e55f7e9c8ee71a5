// Clients from the registries, in exact versions, kept in a cache folder outside the repository: they are hundreds of
// megabytes, and none is a dependency of the project.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Source } from '../end-to-end/clients/client.ts';
import { cleanEnvironment, collect } from './scrim.ts';

export type Installed =
  | { readonly ok: true; readonly folder: string; readonly version: string }
  | { readonly ok: false; readonly reason: string };

/** `SCRIM_CLIENTS_DIR`, or `scrim-test-clients` in the user's cache folder. */
export function clientsFolder(): string {
  const caches =
    process.platform === 'darwin'
      ? join(homedir(), 'Library', 'Caches')
      : (process.env['XDG_CACHE_HOME'] ?? process.env['LOCALAPPDATA'] ?? join(homedir(), '.cache'));
  return process.env['SCRIM_CLIENTS_DIR'] ?? join(caches, 'scrim-test-clients');
}

/** Looks into the cache first. `offline`: what is not there is not fetched. `limit`: milliseconds. */
export async function install(source: Source, { offline = false, limit = 300_000 } = {}): Promise<Installed> {
  if (source.from === 'machine') return onMachine(source);
  if (source.from === 'project') return inProject(source.package);
  const [first] = source.packages;
  const folder = join(clientsFolder(), `${source.from}-${first.replaceAll('/', '+')}`);
  const version = first.slice(first.search(/(?<=.)(?:@|==)/)).replace(/^(?:@|==)/, '');
  if (existsSync(folder)) return { ok: true, folder, version };
  if (offline) return { ok: false, reason: `not installed: ${first}` };
  await mkdir(clientsFolder(), { recursive: true });
  // Made aside, so that a broken installation never looks like a whole one.
  const aside = await mkdtemp(`${folder}.`);
  try {
    const failure =
      source.from === 'npm'
        ? await fromNpm(source.packages, aside, limit)
        : await fromPypi(source.packages, aside, limit);
    if (failure !== undefined) return { ok: false, reason: failure };
    // Somebody else may have been quicker.
    await rename(aside, folder).catch(() => undefined);
    return { ok: true, folder, version };
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function fromNpm(packages: readonly string[], folder: string, limit: number): Promise<string | undefined> {
  await writeFile(join(folder, 'package.json'), '{"private":true}\n');
  // No scripts: the programs come as packages for each system, and are called directly.
  return run(
    'npm',
    ['install', '--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', ...packages],
    folder,
    limit,
  );
}

async function fromPypi(packages: readonly string[], folder: string, limit: number): Promise<string | undefined> {
  // Not a virtual environment, which knows its path and would not survive the renaming.
  return run(
    'python3',
    ['-m', 'pip', 'install', '--quiet', '--target', join(folder, 'site'), ...packages],
    folder,
    limit,
  );
}

async function run(
  program: string,
  words: readonly string[],
  folder: string,
  limit: number,
): Promise<string | undefined> {
  const child = spawn(program, words, {
    cwd: folder,
    // The registries' settings of this machine are needed here, unlike in a client's run.
    env: process.env,
    timeout: limit,
  });
  const { code, signal, err } = await collect(child).catch((error: unknown) => ({
    code: 1,
    signal: null,
    err: String(error),
  }));
  if (code === 0) return undefined;
  const why =
    signal === null
      ? (err.split('\n').find((line) => /err/i.test(line)) ?? `exit code ${code}`)
      : `took over ${limit / 1_000} s`;
  return `${program} could not install ${packagesIn(words)}: ${why}`;
}

function packagesIn(words: readonly string[]): string {
  return words.filter((word) => /.(?:@|==)\d/.test(word)).join(', ');
}

function onMachine({ program, version }: Extract<Source, { from: 'machine' }>): Installed {
  const { status, stdout } = spawnSync(program, version, {
    encoding: 'utf8',
    env: cleanEnvironment(),
  });
  if (status !== 0) return { ok: false, reason: `${program} is not on this machine` };
  return {
    ok: true,
    folder: '',
    version: /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? '?',
  };
}

async function inProject(name: string): Promise<Installed> {
  const folder = fileURLToPath(new URL('../..', import.meta.url));
  const file = join(folder, 'node_modules', name, 'package.json');
  if (!existsSync(file)) return { ok: false, reason: `${name} is not installed: run npm ci` };
  const { version } = JSON.parse(await readFile(file, 'utf8')) as {
    version: string;
  };
  return { ok: true, folder, version };
}
