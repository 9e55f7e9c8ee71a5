// Profiles of the user's shells. A file is touched when it is there; the login shell's is made when it is not.

import { basename, join } from 'node:path';
import type { Change } from './change.ts';
import { configFolder, exists, variable } from './places.ts';
import type { SetupEnvironment } from './setup-environment.ts';

export interface ProfileLines {
  /** Names the block. */
  readonly mark: string;
  /** For bash and zsh. */
  readonly posix: readonly string[];
  readonly fish: readonly string[];
}

export async function profileChanges(env: SetupEnvironment, lines: ProfileLines): Promise<Change[]> {
  const login = basename(variable(env, 'SHELL') ?? '');
  const bash = await bashProfile(env);
  const zsh = join(variable(env, 'ZDOTDIR') ?? env.home, '.zshrc');
  const fish = join(configFolder(env), 'fish');
  const block = (path: string, text: readonly string[]): Change => ({
    target: { kind: 'file', path },
    edit: { format: 'block', mark: lines.mark, lines: text },
  });
  return [
    ...(login === 'bash' || (await exists(bash)) ? [block(bash, lines.posix)] : []),
    ...(login === 'zsh' || (await exists(zsh)) ? [block(zsh, lines.posix)] : []),
    ...(login === 'fish' || (await exists(fish))
      ? [block(join(fish, 'conf.d', `scrim-${lines.mark}.fish`), lines.fish)]
      : []),
  ];
}

/** Terminals of macOS start login shells, which read one of three files and not .bashrc. */
async function bashProfile(env: SetupEnvironment): Promise<string> {
  const names = env.platform === 'darwin' ? ['.bash_profile', '.bash_login', '.profile'] : ['.bashrc'];
  for (const name of names) if (await exists(join(env.home, name))) return join(env.home, name);
  return join(env.home, names[0] ?? '.bashrc');
}

/** A word that a shell takes as it is. */
export function posixQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

export function fishQuoted(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A function that starts one program with variables of its own, for clients that read no settings file. */
export function launcherLines(program: string, variables: Readonly<Record<string, string>>): ProfileLines {
  const pairs = Object.entries(variables);
  const posix = pairs.map(([name, value]) => `${name}=${posixQuoted(value)}`).join(' ');
  const fish = pairs.map(([name, value]) => fishQuoted(`${name}=${value}`)).join(' ');
  return {
    mark: program,
    posix: [`${program}() { ${posix} command ${program} "$@"; }`],
    fish: [`function ${program}; env ${fish} ${program} $argv; end`],
  };
}
