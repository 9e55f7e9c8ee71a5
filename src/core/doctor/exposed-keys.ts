// Keys of model providers that lie open: in this environment, in files of the user. SECURITY: a result has the provider's name and
// the place; the value is looked at and let go.

import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findLocalTokens } from '../../credentials/local-token.ts';
import { createProviderKeys } from '../../credentials/provider-keys.ts';
import { readBounded } from '../../identity/bounded-read.ts';
import { createMasking, type Masking } from '../../masking/masking.ts';
import { systemClock } from '../home.ts';
import { keyVariables } from '../run-token.ts';
import { fixBy, fixInShell, ok, problem, type Check, type CheckResult, type Fix } from './check.ts';
import { shown, type DoctorContext } from './context.ts';

export const exposedKeysCheck: Check<DoctorContext> = { name: 'exposed keys', limit: 6_000, run: exposedKeys };

interface Place {
  readonly provider: string;
  readonly variable?: string;
  readonly file?: string;
}

const inHome = [
  ...['.bashrc', '.bash_profile', '.bash_login', '.bash_aliases', '.profile', '.zshrc', '.zshenv', '.zprofile'],
  ...['.env', '.netrc', '.npmrc', '.aider.conf.yml', '.claude.json'],
  ...['.claude/settings.json', '.codex/.env', '.codex/auth.json', '.gemini/.env', '.continue/config.yaml'],
];
const inProject = ['.env', '.env.local'];

/** Larger files are no settings. */
const maxFile = 256 * 1024;
const maxFiles = 300;

async function exposedKeys(context: DoctorContext): Promise<readonly CheckResult[]> {
  const places = [...inEnvironment(context.common.env), ...(await inFiles(context))];
  if (places.length === 0)
    return [ok('exposed keys', 'No key of a model provider lies in this environment or in your settings files.')];
  const stored = await storedKeys(context);
  return [...Map.groupBy(places, ({ provider }) => provider)].map(([provider, found]) =>
    exposed(context, provider, found, stored),
  );
}

interface StoredKeys {
  readonly providers: readonly string[];
  /** A place for keys can be reached without a word. */
  readonly canStore: boolean;
}

async function storedKeys(context: DoctorContext): Promise<StoredKeys> {
  try {
    const { provider } = await context.stores();
    return { providers: await createProviderKeys(provider, systemClock).list(), canStore: true };
  } catch {
    return { providers: [], canStore: false };
  }
}

function exposed(
  context: DoctorContext,
  provider: string,
  found: readonly Place[],
  { providers, canStore }: StoredKeys,
): CheckResult {
  const check = `exposed key ${provider}`;
  const names = [...new Set(found.map((place) => describe(context, place)))].join(', ');
  if (providers.includes(provider))
    return problem(check, `A key of ${provider} is stored, and one still lies in ${names}.`, removal(context, found));
  // An encrypted file where there is no keychain.
  const place = canStore || context.common.keys !== undefined ? [] : ['--keys', 'file'];
  return problem(
    check,
    `A key of ${provider} lies in ${names}: store it, then take it out there.`,
    context.scrim('run', 'keys', 'set', provider, ...place),
  );
}

function describe(context: DoctorContext, { variable, file }: Place): string {
  if (file === undefined) return `the variable ${variable ?? ''}`;
  return variable === undefined ? shown(context, file) : `${shown(context, file)} (${variable})`;
}

function removal(context: DoctorContext, found: readonly Place[]): Fix {
  const file = found.find((place) => place.file !== undefined)?.file;
  if (file !== undefined) return fixBy('yourself', context.common.env['EDITOR'] ?? 'vi', file);
  return fixInShell(`unset ${found.map(({ variable = '' }) => variable).join(' ')}`);
}

const providerOfVariable = new Map(
  Object.entries(keyVariables).flatMap(([provider, names]) => names.map((name) => [name, provider] as const)),
);

function inEnvironment(env: DoctorContext['common']['env']): Place[] {
  return [...providerOfVariable].flatMap(([variable, provider]) =>
    isKey(env[variable] ?? '') ? [{ provider, variable }] : [],
  );
}

/** Not a local token of ours, nor a reference that somebody resolves later (`$NAME`, `op://…`, `<your key>`). */
function isKey(value: string): boolean {
  return (
    /^[A-Za-z0-9][\w./+=-]{11,}$/.test(value) && findLocalTokens(value).length === 0 && !/^your|^x{6}/i.test(value)
  );
}

async function inFiles(context: DoctorContext): Promise<Place[]> {
  const paths = await filesOf(context);
  const masking = createMasking({
    placeholder: 'word',
    packs: ['secrets'],
    ...{ keys: [], env: [], rules: [], allow: [], knownValues: [] },
    fingerprint: () => '',
  });
  const found: Place[] = [];
  // One after the other: other checks have their turn between two files.
  for (const file of paths) {
    const text = await readBounded(file, maxFile);
    if (text !== undefined) found.push(...keysIn(text, masking).map((place) => ({ ...place, file })));
  }
  return found;
}

/** Providers whose keys have a form of their own. */
const ownForm: ReadonlySet<string> = new Set([
  ...['openai', 'anthropic', 'openrouter', 'groq', 'xai', 'perplexity', 'together', 'fireworks'],
]);

const assignment =
  /^[ \t]*(?:export[ \t]+|set[ \t]+-\w+[ \t]+)?"?([A-Z][A-Z0-9_]{4,40})"?[ \t]*[=: ][ \t]*["']?([^\s"']+)/gm;

/** By the name of a variable, and by the form of the key where no name tells. */
export function keysIn(text: string, masking: Masking): Omit<Place, 'file'>[] {
  const named = [...text.matchAll(assignment)].flatMap(([, variable = '', value = '']) => {
    const provider = providerOfVariable.get(variable);
    return provider !== undefined && isKey(value) ? [{ provider, variable }] : [];
  });
  const formed = masking
    .edits(text)
    .map(({ finding }) => finding?.kind ?? '')
    .filter((kind) => ownForm.has(kind) && !named.some(({ provider }) => provider === kind));
  return [...named, ...[...new Set(formed)].map((provider) => ({ provider }))];
}

async function filesOf({ machine }: DoctorContext): Promise<string[]> {
  const { home, variables } = machine;
  const xdg = variables['XDG_CONFIG_HOME'];
  const config = xdg === undefined || xdg === '' ? join(home, '.config') : xdg;
  const folders = await readdir(config, { withFileTypes: true }).catch(() => []);
  const settings = await Promise.all(
    folders
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) => {
        const entries = await readdir(join(config, name), { withFileTypes: true }).catch(() => []);
        return entries.filter((entry) => entry.isFile()).map((entry) => join(config, name, entry.name));
      }),
  );
  const all = [
    ...inHome.map((name) => join(home, name)),
    ...inProject.map((name) => resolve(name)),
    ...settings.flat().sort(),
  ];
  return [...new Set(all)].slice(0, maxFiles);
}
