// Which provider a host belongs to, and how that provider wants to be shown a key.

import { isLoopback } from '../http/authority.ts';
import { matchesHost } from '../policy/hosts.ts';
import type { Provider } from '../policy/known-providers.ts';

/** A header with the key, or the key as `Authorization: Bearer`. */
export type KeyHeader = 'authorization' | 'x-api-key' | 'api-key' | 'x-goog-api-key';

export interface Target {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

export type Providers = Readonly<Record<string, Provider>>;

// The clouds give every customer a host of their own, or one for each region.
const isBedrock = matchesHost([
  'bedrock-runtime.*.amazonaws.com',
  'bedrock-runtime-fips.*.amazonaws.com',
  'bedrock.*.amazonaws.com',
  'bedrock-mantle.*.api.aws',
]);
const isAzure = matchesHost([
  '*.openai.azure.com',
  '*.services.ai.azure.com',
  '*.cognitiveservices.azure.com',
  '*.models.ai.azure.com',
]);
const isOpenAi = matchesHost(['*.api.openai.com']);

export function providerOf({ host, port }: Target, providers: Providers): string | undefined {
  const named = Object.entries(providers).find(([, { baseUrl }]) => isAt(baseUrl, host, port));
  if (named !== undefined) return named[0];
  if (isBedrock(host, port)) return 'bedrock';
  if (isAzure(host, port)) return 'azure';
  return isOpenAi(host, port) ? 'openai' : undefined;
}

/**
 * SECURITY: whether a key of `provider` may go to `target`. Azure's hosts belong to its customers, so that such a key goes only
 * to the host that the person named, with the key or in the policy. And never in the clear, but on this machine.
 */
export function mayGoTo(
  target: Target,
  provider: string,
  providers: Providers,
  credentialHost: string | undefined,
): boolean {
  if (target.scheme === 'http' && !isLoopback(target.host)) return false;
  if (credentialHost !== undefined) return target.host === credentialHost;
  const own = Object.hasOwn(providers, provider) ? providers[provider]?.baseUrl : undefined;
  if (own !== undefined && isAt(own, target.host, target.port)) return true;
  if (provider === 'bedrock') return isBedrock(target.host, target.port);
  return provider === 'openai' && isOpenAi(target.host, target.port);
}

/** By the host where that decides, else by the provider's protocol. `path`: at the provider. */
export function keyHeader(provider: string, target: Target, path: string, providers: Providers): KeyHeader {
  if (isAzure(target.host, target.port)) return 'api-key';
  const dialect = Object.hasOwn(providers, provider) ? providers[provider]?.dialect : undefined;
  if (dialect === 'anthropic') return 'x-api-key';
  // Google's imitation of OpenAI wants what OpenAI wants.
  if (dialect === 'gemini') return /^\/v1[a-z0-9]*\/openai\//.test(path) ? 'authorization' : 'x-goog-api-key';
  return 'authorization';
}

function isAt(baseUrl: string, host: string, port: number): boolean {
  const url = new URL(baseUrl);
  const usual = url.protocol === 'http:' ? 80 : 443;
  return url.hostname.replace(/^\[(.*)\]$/, '$1') === host && (url.port === '' ? usual : Number(url.port)) === port;
}
