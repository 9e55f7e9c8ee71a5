// What the window shows of stored keys: for whom there is one and where it lies, never a part of one.

import type { KeysPage, ProviderKey } from '../contract/procedures/keys.ts';
import { KeychainError } from '../keychain/secret-store.ts';
import type { Stores } from '../keychain/open-stores.ts';
import { createProviderKeys } from '../credentials/provider-keys.ts';
import type { Providers } from '../credentials/provider-hosts.ts';
import { systemClock } from './home.ts';
import { variablesWithLogin } from './own-logins.ts';
import { keyVariables } from './run-token.ts';

export interface KeysPageOptions {
  readonly stores: Stores;
  readonly providers: Providers;
  readonly usedAt: (provider: string) => number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly gateway: string;
}

/** Clouds give every customer a host of their own: these are in no list of providers. */
const clouds: Readonly<Record<string, string>> = {
  azure: 'the host in its key: *.openai.azure.com',
  bedrock: 'bedrock-runtime.*.amazonaws.com',
};
const mostProviders = 200;
const mostVariables = 5;

export async function keysPage(options: KeysPageOptions): Promise<KeysPage> {
  const { stores, providers, usedAt, env, gateway } = options;
  const { stored, problem } = await storedKeys(stores);
  const hosts: Readonly<Record<string, string>> = {
    ...Object.fromEntries(Object.entries(providers).map(([name, { baseUrl }]) => [name, new URL(baseUrl).host])),
    ...clouds,
  };
  const names = [...new Set([...stored, ...Object.keys(hosts)])].slice(0, mostProviders);
  const row = (provider: string): ProviderKey => ({
    provider,
    host: hosts[provider] ?? 'no host: the policy names this provider no more',
    isStored: stored.includes(provider),
    usedAt: usedAt(provider) ?? null,
    variables: (keyVariables[provider] ?? []).slice(0, mostVariables),
  });
  return {
    place: stores.place,
    placeName: placeName(stores.place),
    problem,
    providers: names.map(row),
    logins: await loginsOf(env),
    gateway,
  };
}

async function storedKeys(stores: Stores): Promise<{ stored: readonly string[]; problem: string | null }> {
  try {
    return { stored: await createProviderKeys(stores.provider, systemClock).list(), problem: null };
  } catch (error) {
    if (error instanceof KeychainError) return { stored: [], problem: error.message };
    throw error;
  }
}

export function placeName(place: Stores['place']): string {
  switch (place) {
    case 'keychain':
      return (
        { darwin: "macOS's keychain", win32: 'Windows Credential Manager' }[process.platform as string] ??
        'your keychain (Secret Service)'
      );
    case 'encrypted-file':
      return 'an encrypted file';
    case 'plain-files':
      return 'files that only you can read';
    case 'memory':
      return 'memory, until Scrim stops';
  }
}

const loginNames: Readonly<Record<string, string>> = { ANTHROPIC_API_KEY: 'Claude Code', CODEX_API_KEY: 'Codex' };

async function loginsOf(env: KeysPageOptions['env']): Promise<string[]> {
  return (await variablesWithLogin(env, 'claude')).flatMap((variable) => loginNames[variable] ?? []);
}
