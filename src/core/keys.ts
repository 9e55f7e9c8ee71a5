// What `scrim keys` does: provider keys in the secret store, named local tokens. Nothing here gives a key back.

import { join } from 'node:path';
import { CredentialsError } from '../credentials/credentials-error.ts';
import { createProviderKeys } from '../credentials/provider-keys.ts';
import type { TokenScope } from '../credentials/local-token.ts';
import { createTokens, type TokenSummary, type Tokens } from '../credentials/tokens.ts';
import { findInstance } from '../settings/instance.ts';
import { askInstance } from './control-client.ts';
import { systemClock } from './home.ts';
import { placesOf, type Common } from './inspect.ts';
import { openKeyStores } from './key-stores.ts';

export interface KeysList {
  readonly place: string;
  readonly providers: readonly string[];
}

export async function listKeys(common: Common): Promise<KeysList> {
  const stores = await openKeyStores(placesOf(common), common);
  return { place: stores.place, providers: await createProviderKeys(stores.provider, systemClock).list() };
}

/** Checks the key's form, keeps it, and tells the running instance. @returns where it lies */
export async function setKey(common: Common, provider: string, text: string): Promise<string> {
  checkProvider(provider);
  const stores = await openKeyStores(placesOf(common), common);
  await createProviderKeys(stores.provider, systemClock).set(provider, text);
  await tellRunning(common);
  return stores.place;
}

export async function removeKey(common: Common, provider: string): Promise<void> {
  checkProvider(provider);
  const stores = await openKeyStores(placesOf(common), common);
  await createProviderKeys(stores.provider, systemClock).remove(provider);
  await tellRunning(common);
}

export function addToken(common: Common, name: string, scope: TokenScope): { id: string; token: string } {
  using tokens = openTokens(common);
  return tokens.mint(scope, name);
}

export function listTokens(common: Common): TokenSummary[] {
  using tokens = openTokens(common);
  return tokens.list();
}

/** False: there is no good token of that id or name. */
export function revokeToken(common: Common, which: string): boolean {
  using tokens = openTokens(common);
  return tokens.revoke(which);
}

function openTokens(common: Common): Tokens {
  return createTokens({ file: tokensFile(placesOf(common).dataFolder), clock: systemClock });
}

export function tokensFile(dataFolder: string): string {
  return join(dataFolder, 'tokens', 'tokens.db');
}

function checkProvider(provider: string): void {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(provider))
    throw new CredentialsError(
      'bad-credential',
      'Name the provider as in the policy: openai, anthropic, gemini, azure, bedrock …',
    );
}

async function tellRunning(common: Common): Promise<void> {
  const instance = await findInstance(placesOf(common).instanceFile);
  if (instance?.ui != null) await askInstance(instance, ({ commands }) => commands.keysChanged());
}
