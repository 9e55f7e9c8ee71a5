// The provider's key in the place of a client's local token, on the way out (K1-K4).

import { createInjector, type Injection, type InjectionRefusal } from '../credentials/inject.ts';
import { secretsOf } from '../credentials/credential.ts';
import type { Fetch } from '../credentials/entra.ts';
import { localTokensIn, localTokensInField } from '../credentials/places.ts';
import { createProviderKeys } from '../credentials/provider-keys.ts';
import { providerOf, type Providers } from '../credentials/provider-hosts.ts';
import { createTokens, type Tokens } from '../credentials/tokens.ts';
import type { Clock } from '../base/clock.ts';
import { TransportError, type ClientSide, type Upstream } from '../http/exchange-ports.ts';
import type { RequestHead } from '../http/head.ts';
import type { SecretStore } from '../keychain/secret-store.ts';
import type { CredentialsChoice } from '../policy/policy.ts';
import { heldRequest } from './held-request.ts';

export interface Credentials {
  readonly tokens: Tokens;
  /** Providers that have a key, as far as the store could be asked. */
  providers(): readonly string[];
  /** Values of the stored keys, for masking. */
  secrets(): readonly string[];
  /** When the key of a provider was last put into a request of this run, in milliseconds since the Unix epoch. */
  usedAt(provider: string): number | undefined;
  /** The keys have changed, or the store may be reachable again. */
  reload(): Promise<void>;
  /** Where a client's requests go. `tokenUsed`: told the id of the local token, once it is found good. */
  upstreamFor(client: ClientSide, choice: CredentialsChoice, tokenUsed: (id: string) => void): Upstream;
  close(): void;
}

export interface CredentialsOptions {
  readonly store: SecretStore;
  readonly tokensFile: string;
  readonly clock: Clock;
  readonly upstream: Upstream;
  readonly policyProviders: () => Providers;
  /** For log-ins at Microsoft. */
  readonly fetch: Fetch;
}

/** Refusals that are about the client's local token; the others are about the key behind it. */
const isAboutToken = (code: InjectionRefusal): boolean => code.startsWith('token-');

export function createCredentials(options: CredentialsOptions): Credentials {
  const { store, clock, upstream, policyProviders } = options;
  const keys = createProviderKeys(store, clock);
  const tokens = createTokens({ file: options.tokensFile, clock });
  const inject = createInjector({
    keyFor: (provider) => keys.keyFor(provider),
    tokens,
    providers: policyProviders,
    fetch: options.fetch,
    clock,
  });
  let known: readonly string[] = [];
  let secrets: readonly string[] = [];
  const used = new Map<string, number>();

  /** In proxy mode a client talks to its provider as it would without us; the gateway is ours, and so is its key. */
  const needsToken = (client: ClientSide, choice: CredentialsChoice): boolean => {
    if (choice !== 'auto') return choice === 'scrim';
    const provider = client.provider ?? providerOf(client.head, policyProviders());
    return client.via === 'gateway' && provider !== undefined && known.includes(provider);
  };
  const injectFor = async (
    client: ClientSide,
    choice: CredentialsChoice,
    head: RequestHead,
    model: string | undefined,
    body: Uint8Array,
  ): Promise<Injection> => {
    const [proxyToken] = localTokensInField(client.proxyAuthorization ?? '');
    const required = needsToken(client, choice) && proxyToken === undefined && localTokensIn(head).length === 0;
    return inject(head, {
      provider: client.provider,
      model,
      proxyToken,
      credentials: required ? 'scrim' : choice,
      body: () => Promise.resolve(body),
    });
  };

  return {
    tokens,
    providers: () => known,
    secrets: () => secrets,
    usedAt: (provider) => used.get(provider),
    async reload() {
      keys.forget();
      known = await keys.list().catch(() => []);
      const stored = await Promise.all(known.map((provider) => keys.keyFor(provider).catch(() => undefined)));
      secrets = stored.flatMap((credential) => (credential === undefined ? [] : secretsOf(credential)));
    },
    upstreamFor(client, choice, tokenUsed) {
      const hasToken =
        localTokensIn(client.head).length > 0 || localTokensInField(client.proxyAuthorization ?? '').length > 0;
      if (!hasToken && !needsToken(client, choice)) return upstream;
      return {
        request: (head, listener) =>
          heldRequest(upstream, head, listener, async (model, body) => {
            const injection = await injectFor(client, choice, head, model, body);
            if (injection.kind === 'refused')
              throw new TransportError(
                isAboutToken(injection.code) ? 'unauthorized' : 'no-credential',
                injection.message,
              );
            if (injection.tokenId !== undefined) {
              tokenUsed(injection.tokenId);
              const provider = client.provider ?? providerOf(head, policyProviders());
              if (provider !== undefined) used.set(provider, clock.now());
            }
            return injection.head;
          }),
      };
    },
    close: () => tokens[Symbol.dispose](),
  };
}
