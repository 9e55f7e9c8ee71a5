// Provider keys and local tokens, for the window.

import { createProviderKeys } from '../../credentials/provider-keys.ts';
import { reachable } from '../machine.ts';
import { keysPage } from '../keys-page.ts';
import type { CoreParts } from './parts.ts';
import { os } from './implementer.ts';

const mostTokens = 500;

export function keysProcedures({ stores, clock, credentials, policy, options, status, keysChanged }: CoreParts) {
  return {
    list: os.keys.list.handler(() =>
      keysPage({
        stores,
        providers: policy().providers,
        usedAt: (provider) => credentials.usedAt(provider),
        env: options.env,
        gateway: reachable(status().gateway),
      }),
    ),
    set: os.keys.set.handler(async ({ input: { provider, key } }) => {
      await createProviderKeys(stores.provider, clock).set(provider, key);
      await keysChanged();
      return { stored: true as const };
    }),
    remove: os.keys.remove.handler(async ({ input: { provider } }) => {
      await createProviderKeys(stores.provider, clock).remove(provider);
      await keysChanged();
      return { removed: true as const };
    }),
    tokens: os.keys.tokens.handler(() =>
      credentials.tokens
        .list()
        .reverse()
        .slice(0, mostTokens)
        .map(({ scope, ...rest }) => ({ ...rest, limits: scope })),
    ),
    mint: os.keys.mint.handler(({ input: { name, limits } }) => credentials.tokens.mint(limits, name)),
    revoke: os.keys.revoke.handler(({ input: { id } }) => ({ revoked: credentials.tokens.revoke(id) })),
  };
}
