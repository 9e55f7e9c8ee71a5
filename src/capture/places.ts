// Where programs keep their settings, by system.

import { access, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { SetupEnvironment } from './setup-environment.ts';

/** Linux: XDG; macOS: `~/Library/Application Support`; Windows: `%APPDATA%`. Where graphical programs put theirs. */
export function applicationFolder(env: SetupEnvironment): string {
  if (env.platform === 'darwin') return join(env.home, 'Library', 'Application Support');
  if (env.platform === 'win32') return variable(env, 'APPDATA') ?? join(env.home, 'AppData', 'Roaming');
  return configFolder(env);
}

/** XDG on every system, as many command lines have it. */
export function configFolder(env: SetupEnvironment): string {
  return variable(env, 'XDG_CONFIG_HOME') ?? join(env.home, '.config');
}

/** An empty variable counts as not set. */
export function variable(env: SetupEnvironment, name: string): string | undefined {
  const value = env.variables[name];
  return value === '' ? undefined : value;
}

export async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** The names in the folder; none when it is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}

/** True when a program of that name is in PATH. */
export async function isOnPath(env: SetupEnvironment, name: string): Promise<boolean> {
  const folders = (variable(env, 'PATH') ?? '').split(delimiter).filter((folder) => folder !== '');
  const endings = env.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  const found = await Promise.all(
    folders.flatMap((folder) => endings.map((ending) => exists(join(folder, name + ending)))),
  );
  return found.includes(true);
}
