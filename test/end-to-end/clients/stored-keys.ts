// The providers' keys, made up, in a Secret Service of their own: nobody has them but Scrim and the fake provider.

import { randomUUID } from 'node:crypto';
import { keyVariables } from '../../../src/core/run-token.ts';
import { runScrim, type Scrim } from '../../support/scrim.ts';
import { makeSecret, type SecretKind } from '../../support/secrets.ts';
import type { Launch, Mode, RealClient } from './client.ts';

export interface StoredKeys {
  /** For Scrim, not for the client: it leads to the keys. */
  readonly env: Readonly<Record<string, string>>;
  /** By provider. */
  readonly keys: Readonly<Record<string, string>>;
}

interface Account {
  readonly provider: string;
  /** Where its key goes, as its API's documentation says. */
  readonly header: 'authorization' | 'x-api-key' | 'x-goog-api-key';
  readonly kind: SecretKind;
}

const withBearer = (provider: string, kind: SecretKind): Account => ({ provider, header: 'authorization', kind });

/** By host; a few kinds stand for keys without a form of their own. */
export const accounts: Readonly<Record<string, Account>> = {
  'api.openai.com': withBearer('openai', 'openai-project'),
  'api.anthropic.com': { provider: 'anthropic', header: 'x-api-key', kind: 'anthropic' },
  'generativelanguage.googleapis.com': { provider: 'gemini', header: 'x-goog-api-key', kind: 'google-api-key' },
  'api.mistral.ai': withBearer('mistral', 'groq'),
  'api.cohere.com': withBearer('cohere', 'groq'),
  'dashscope.aliyuncs.com': withBearer('dashscope', 'openai-legacy'),
  'ollama.com': withBearer('ollama-cloud', 'groq'),
  '127.0.0.1:11434': withBearer('ollama', 'groq'),
};

/** A line of the policy: providers that Scrim does not know by itself. */
export const namedProviders =
  'providers: { ollama-cloud: "https://ollama.com", dashscope: "https://dashscope.aliyuncs.com" }\n';

/** By the client's id: those that it asks, first the one whose usual variable it reads. */
function providersOf({ id }: RealClient): readonly [string, ...string[]] {
  if (/claude|anthropic/.test(id)) return ['anthropic'];
  if (/gemini|google|genai/.test(id)) return ['gemini'];
  if (id.startsWith('qwen')) return ['openai', 'dashscope'];
  if (id.startsWith('ollama')) return ['ollama', 'ollama-cloud'];
  return [/^(?:mistral|cohere)/.exec(id)?.[0] ?? 'openai'];
}

/** With `scrim keys set`, in the Secret Service that `session` leads to. */
export async function storeKeys(
  session: StoredKeys['env'],
  client: RealClient,
  { dataDir, policyFile }: Scrim,
): Promise<StoredKeys> {
  const env = { ...session, SCRIM_KEYS: 'keychain' };
  const keys: Record<string, string> = {};
  for (const provider of providersOf(client)) {
    const { kind } = Object.values(accounts).find((account) => account.provider === provider)!;
    const input = makeSecret(kind, randomUUID());
    const words = ['keys', 'set', provider, '--data-dir', dataDir, '--policy', policyFile];
    const { code, err } = await runScrim(words, { env, input });
    if (code !== 0) throw new Error(`The key of ${provider} was not stored: ${err}`);
    keys[provider] = input;
  }
  return { env, keys };
}

/**
 * What a client is given in the place of its key: a local token. Below `scrim run` nothing; but the keys lie in the environment
 * of that, as a person would have them, and must not go further.
 */
export async function lend(
  { env, keys }: StoredKeys,
  mode: Mode,
  { dataDir, policyFile }: Scrim,
): Promise<{ readonly token: string | null; readonly env: Readonly<Record<string, string>> }> {
  if (mode !== 'run') {
    const words = ['keys', 'token', 'add', 'client', '--data-dir', dataDir, '--policy', policyFile];
    return { token: (await runScrim(words, { env })).out.trim(), env: {} };
  }
  const variables = Object.entries(keyVariables).flatMap(([provider, names]) => {
    const key = keys[provider];
    return key === undefined ? [] : names.map((name) => [name, key] as const);
  });
  return { token: null, env: Object.fromEntries(variables) };
}

/** The client, which first writes its environment to a file. */
export function tellingEnvironment(launch: Launch, file: string): Launch {
  return { ...launch, words: ['/bin/sh', '-c', 'env >"$0" && exec "$@"', file, ...launch.words] };
}
