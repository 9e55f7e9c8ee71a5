// Secrets known by value: named environment variables, `.env` files of the project, credential files. Read, never written;
// kept in memory only, read again when a file changes.

import { constants, watch, type FSWatcher } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';

export interface KnownSecret {
  readonly name: string;
  readonly value: string;
}

export interface KnownSecretsPlan {
  /** Names of environment variables. */
  readonly env: readonly string[];
  /** True: the `.env*` files of the project folder. Or paths, relative to it. */
  readonly dotenv: boolean | readonly string[];
  /** Credential files of this user. */
  readonly files: readonly CredentialFile[];
}

export type CredentialFile = 'aws' | 'npmrc' | 'netrc';

export interface KnownSecretsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly projectFolder: string;
}

/** A file larger than this is no list of credentials. */
const maxFile = 1024 * 1024;

/** What the plan names, as it is now. A file that is absent or cannot be read gives nothing. */
export async function readKnownSecrets(plan: KnownSecretsPlan, options: KnownSecretsOptions): Promise<KnownSecret[]> {
  const named = plan.env.flatMap((name) => secret(name, options.env[name]));
  const files = await dotenvFiles(plan, options);
  const dotenv = await Promise.all(files.map(async (file) => secretsOfDotenv(await readText(file))));
  const credentials = await Promise.all(
    plan.files.map(async (kind) => parsers[kind](await readText(credentialPath(kind)))),
  );
  return [...named, ...dotenv.flat(), ...credentials.flat()];
}

/** Calls `onChange` when a file of the plan may have changed. Dispose it to stop. */
export async function watchKnownSecrets(
  plan: KnownSecretsPlan,
  options: KnownSecretsOptions,
  onChange: () => void,
): Promise<Disposable> {
  const files = [...(await dotenvFiles(plan, options)), ...plan.files.map(credentialPath)];
  const folders = new Map<string, Set<string>>();
  for (const file of files) {
    const names = folders.get(dirname(file)) ?? new Set();
    folders.set(dirname(file), names.add(basename(file)));
  }
  // A new `.env.local` counts from the moment it appears.
  if (plan.dotenv === true && !folders.has(options.projectFolder)) folders.set(options.projectFolder, new Set());
  const watchers: FSWatcher[] = [];
  for (const [folder, names] of folders) {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name !== null && (names.has(name) || (folder === options.projectFolder && isDotenv(name)))) onChange();
      });
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // No such folder: nothing to follow.
    }
  }
  return {
    [Symbol.dispose]() {
      for (const watcher of watchers) watcher.close();
    },
  };
}

function secret(name: string, value: string | undefined): KnownSecret[] {
  return value === undefined || value.trim() === '' ? [] : [{ name, value }];
}

function isDotenv(name: string): boolean {
  return /^\.env(\.|$)/.test(name) && !/\.(example|sample|template|dist)$/.test(name);
}

async function dotenvFiles(plan: KnownSecretsPlan, { projectFolder }: KnownSecretsOptions): Promise<string[]> {
  if (plan.dotenv === false) return [];
  if (plan.dotenv !== true) return plan.dotenv.map((path) => resolve(projectFolder, path));
  const names = await readdir(projectFolder).catch(() => []);
  return names.filter(isDotenv).map((name) => join(projectFolder, name));
}

async function readText(file: string): Promise<string> {
  try {
    // SECURITY: a policy that is only tried names files too. A pipe without a writer would hold one of the four threads that all of
    // this process reads files and looks up names with, and a device would never end.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const about = await handle.stat();
    return about.isFile() && about.size <= maxFile ? await handle.readFile('utf8') : '';
  } catch {
    return '';
  }
}

/** A `.env` file also holds ordinary settings; masking `production` everywhere would help nobody. */
export function secretsOfDotenv(text: string): KnownSecret[] {
  return Object.entries(parseEnv(text))
    .filter(([name, value]) => value !== undefined && (secretName.test(name) ? value.length >= 6 : looksRandom(value)))
    .flatMap(([name, value]) => secret(name, value));
}

const secretName =
  /pass(word|wd|phrase)?|secret|token|(api|access|private|signing|encryption|master|account)_?key|credential|_key$|dsn/i;

/** Long, of letters and digits without a word's shape, and neither a path nor an address. */
function looksRandom(value: string): boolean {
  return (
    value.length >= 16 &&
    /^[A-Za-z0-9+/=_.~-]+$/.test(value) &&
    /\d/.test(value) &&
    /[a-zA-Z]/.test(value) &&
    !/^[/.~]|^[a-z]+(-[a-z]+)+/.test(value)
  );
}

function credentialPath(kind: CredentialFile): string {
  return join(homedir(), { aws: '.aws/credentials', npmrc: '.npmrc', netrc: '.netrc' }[kind]);
}

const parsers: Readonly<Record<CredentialFile, (text: string) => KnownSecret[]>> = {
  aws: (text) =>
    [...text.matchAll(/^\s*(aws_secret_access_key|aws_session_token|aws_access_key_id)\s*=\s*(\S+)\s*$/gm)].flatMap(
      ([, name = '', value]) => secret(name, value),
    ),
  npmrc: (text) =>
    [...text.matchAll(/^[^#;\n]*(_authToken|_auth|_password)\s*=\s*(\S+)\s*$/gm)]
      // `${NPM_TOKEN}` names a variable; its value is not here.
      .filter(([, , value = '']) => !value.startsWith('${'))
      .flatMap(([, name = '', value]) => secret(`npm${name}`, value)),
  netrc: (text) => [...text.matchAll(/\bpassword\s+(\S+)/g)].flatMap(([, value]) => secret('netrc_password', value)),
};
