// The local token of one `scrim run`: worth nothing elsewhere, and nothing here once the command has ended (K3).

import type { Instance } from '../settings/instance.ts';
import { knownProviders } from '../policy/known-providers.ts';
import { askInstance } from './control-client.ts';
import { CoreError } from './core-error.ts';

export interface RunToken {
  readonly token: string;
  /** Those whose key Scrim holds. */
  readonly providers: readonly string[];
  readonly revoke: () => void;
}

/** From a running instance. It is revoked when this process lets go of the connection, in whatever way. */
export async function fetchRunToken(instance: Instance): Promise<RunToken> {
  const gone = new AbortController();
  const events = await askInstance(instance, ({ commands }) => commands.lendToken(undefined, { signal: gone.signal }));
  const first = await events.next();
  if (first.done === true) throw new CoreError('not-running', 'The running Scrim gave no token; start it again.');
  // Reading on keeps the connection alive, and ends with it.
  void events.next().catch(() => undefined);
  return { ...first.value, revoke: () => gone.abort() };
}

/** Variables in which clients look for the key of a provider. */
export const keyVariables: Readonly<Record<string, readonly string[]>> = {
  openai: ['OPENAI_API_KEY', 'CODEX_API_KEY'],
  anthropic: ['ANTHROPIC_API_KEY'],
  gemini: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY'],
  azure: ['AZURE_OPENAI_API_KEY'],
  bedrock: ['AWS_BEARER_TOKEN_BEDROCK'],
  mistral: ['MISTRAL_API_KEY'],
  codestral: ['CODESTRAL_API_KEY'],
  cohere: ['COHERE_API_KEY', 'CO_API_KEY'],
  groq: ['GROQ_API_KEY'],
  deepseek: ['DEEPSEEK_API_KEY'],
  xai: ['XAI_API_KEY'],
  together: ['TOGETHER_API_KEY'],
  fireworks: ['FIREWORKS_API_KEY'],
  openrouter: ['OPENROUTER_API_KEY'],
  perplexity: ['PERPLEXITY_API_KEY'],
};

export interface Surroundings {
  /** The environment as it is now. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `http://127.0.0.1:8877`, without trailing slash. */
  readonly gateway: string;
  /** Variables that the client needs no key in; one that is there gives way all the same. */
  readonly withLogin: readonly string[];
}

/**
 * The token stands where a client looks for its key, and in the place of a real one that is there. Undefined: to be left out.
 */
export function tokenVariables(
  { token, providers }: RunToken,
  { env, gateway, withLogin }: Surroundings,
): Record<string, string | undefined> {
  const names = providers
    .flatMap((provider) => keyVariables[provider] ?? [])
    .filter((name) => !withLogin.includes(name) || (env[name] ?? '') !== '');
  // Copilot's is for whatever provider its address leads to.
  const address = env['COPILOT_PROVIDER_BASE_URL'] ?? '';
  if (providers.some((provider) => leadsTo(address, provider, gateway))) names.push('COPILOT_PROVIDER_API_KEY');
  // Where there is a key the gateway wants the token: a login goes through the proxy, where it passes as it came.
  const isLogin = providers.includes('anthropic') && !names.includes('ANTHROPIC_API_KEY');
  return {
    ...Object.fromEntries(names.map((name) => [name, token])),
    ...(isLogin && (env['ANTHROPIC_BASE_URL'] ?? '') === '' ? { ANTHROPIC_BASE_URL: undefined } : {}),
  };
}

function leadsTo(address: string, provider: string, gateway: string): boolean {
  const known = Object.hasOwn(knownProviders, provider) ? knownProviders[provider] : undefined;
  return [`${gateway}/${provider}`, known?.baseUrl].some(
    (base) => base !== undefined && `${address}/`.startsWith(`${base}/`),
  );
}
