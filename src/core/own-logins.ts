// Logins of clients that a key in the environment would push aside: who logged in with a subscription keeps it (K2).

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of keys that a login stands for already. `program`: the command that is started. */
export async function variablesWithLogin(env: Environment, program: string): Promise<string[]> {
  const home = env['HOME'] ?? homedir();
  const folder = (variable: string, name: string) => env[variable] ?? join(home, name);
  const claudeFolder = folder('CLAUDE_CONFIG_DIR', '.claude');
  const has = async (file: string, key: string) => holds(await readObject(file), key);
  // Other programs read ANTHROPIC_API_KEY too: a file of Claude Code's counts for Claude Code alone.
  const claude =
    isSet(env, 'CLAUDE_CODE_OAUTH_TOKEN') ||
    isSet(env, 'ANTHROPIC_AUTH_TOKEN') ||
    (/^claude(?:\.exe|\.cmd)?$/.test(basename(program)) &&
      ((await has(join(claudeFolder, '.credentials.json'), 'claudeAiOauth')) ||
        // macOS, where the login itself is in the keychain
        (await has(join(env['CLAUDE_CONFIG_DIR'] ?? home, '.claude.json'), 'oauthAccount'))));
  const codex = await has(join(folder('CODEX_HOME', '.codex'), 'auth.json'), 'tokens');
  return [...(claude ? ['ANTHROPIC_API_KEY'] : []), ...(codex ? ['CODEX_API_KEY'] : [])];
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '') !== '';
}

/** Undefined when there is none. */
async function readObject(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function holds(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && ((value as Record<string, unknown>)[key] ?? null) !== null;
}
