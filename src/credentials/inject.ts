// Puts the provider's key where the client's local token stood. A request without a local token passes as it came: its
// credential is the client's own.

import type { Clock } from '../base/clock.ts';
import type { RequestHead } from '../http/head.ts';
import { signatureHeaders, regionOf } from './aws-signature.ts';
import { clientLogin, type ClientLogin } from './client-login.ts';
import { secretsOf, type Credential } from './credential.ts';
import { CredentialsError } from './credentials-error.ts';
import { createEntraTokens, type Fetch } from './entra.ts';
import { localTokensIn, withoutCredentials } from './places.ts';
import { keyHeader, mayGoTo, providerOf, type Providers } from './provider-hosts.ts';
import type { TokenRefusal, Tokens } from './tokens.ts';

export interface InjectorOptions {
  /** Rejects with an error of one sentence. */
  readonly keyFor: (provider: string) => Promise<Credential | undefined>;
  readonly tokens: Pick<Tokens, 'check'>;
  readonly providers: () => Providers;
  /** For log-ins at Microsoft. */
  readonly fetch: Fetch;
  readonly clock: Clock;
}

export interface RequestFacts {
  /** Of a gateway's path; undefined: by the host. */
  readonly provider: string | undefined;
  /** Undefined when it is not known: then a token that is limited to models is refused. */
  readonly model: string | undefined;
  /** A local token presented to the proxy itself, with CONNECT. */
  readonly proxyToken?: string | undefined;
  /**
   * `auto`: a local token in the head is replaced by the key, else the client's own credential passes. `client`: that passes
   * whatever there is. `scrim`: the key is put in, and without a local token nothing passes.
   */
  readonly credentials: 'auto' | 'client' | 'scrim';
  /** The body as it goes to the provider. Called for requests that are signed with it, once. */
  readonly body: () => Promise<Uint8Array>;
}

export type InjectionRefusal =
  | `token-${TokenRefusal}`
  | 'token-missing'
  | 'token-misplaced'
  | 'no-key'
  | 'wrong-host'
  | 'no-region'
  | 'keychain'
  | 'login-failed';

export type Injection =
  /** With the client's own credential. `login`: its shape, when it is a log-in and no API key. */
  | {
      readonly kind: 'own';
      readonly head: RequestHead;
      readonly login: ClientLogin | undefined;
      readonly tokenId: string | undefined;
    }
  /** `secrets`: what must be masked if the provider sends it back. */
  | {
      readonly kind: 'injected';
      readonly head: RequestHead;
      readonly provider: string;
      readonly tokenId: string;
      readonly secrets: readonly string[];
    }
  /** `message`: one sentence that says what to do next. */
  | { readonly kind: 'refused'; readonly code: InjectionRefusal; readonly message: string };

export function createInjector({ keyFor, tokens, providers, fetch, clock }: InjectorOptions) {
  const entraToken = createEntraTokens(fetch, clock);

  /** Never rejects. A refused request must not be sent, not even without the key: its head may hold the local token. */
  return async function inject(head: RequestHead, facts: RequestFacts): Promise<Injection> {
    const inHead = localTokensIn(head);
    const [token, second] = new Set(facts.proxyToken === undefined ? inHead : [...inHead, facts.proxyToken]);
    if (token === undefined) {
      return facts.credentials === 'scrim'
        ? refused('token-missing')
        : { kind: 'own', head, login: clientLogin(head), tokenId: undefined };
    }
    if (second !== undefined) return refused('token-misplaced');
    const provider = facts.provider ?? providerOf(head, providers());
    const { host, port, path } = head;
    const checked = tokens.check(token, { provider, model: facts.model, host, port, path });
    if (!checked.ok) return refused(`token-${checked.reason}`);
    const tokenId = checked.id;
    // Presented to the proxy only, it says who asks: a log-in in the head stays, an API key gives way to the stored one.
    const replaces =
      facts.credentials === 'scrim' ||
      (facts.credentials === 'auto' &&
        (inHead.length > 0 || (clientLogin(head) === undefined && (await hasKey(provider)))));
    const bare = withoutCredentials(head, token, replaces);
    if (localTokensIn(bare).length > 0) return refused('token-misplaced');
    if (!replaces) return { kind: 'own', head: bare, login: clientLogin(bare), tokenId };
    try {
      const credential = provider === undefined ? undefined : await keyFor(provider);
      if (provider === undefined || credential === undefined) return refused('no-key', provider);
      if (!mayGoTo(head, provider, providers(), credential.host)) return refused('wrong-host', provider);
      const shown = await fieldsFor(head, bare, provider, credential, facts);
      if (shown === undefined) return refused('no-region', provider);
      const secrets = [...secretsOf(credential), ...shown.secrets];
      const injectedHead = { ...bare, headers: [...bare.headers, ...shown.fields] };
      return { kind: 'injected', head: injectedHead, provider, tokenId, secrets };
    } catch (error) {
      // Both kinds of error say in one sentence what to do; anything else says nothing.
      if (error instanceof CredentialsError) return { kind: 'refused', code: 'login-failed', message: error.message };
      if (error instanceof Error && error.name === 'KeychainError')
        return { kind: 'refused', code: 'keychain', message: error.message };
      return refused('keychain', provider);
    }
  };

  async function hasKey(provider: string | undefined): Promise<boolean> {
    if (provider === undefined) return false;
    try {
      return (await keyFor(provider)) !== undefined;
    } catch {
      // It is there, and the reason why it cannot be had is told when it is put in.
      return true;
    }
  }

  /** Undefined: nothing says which region to sign for. */
  async function fieldsFor(
    head: RequestHead,
    bare: RequestHead,
    provider: string,
    credential: Credential,
    facts: RequestFacts,
  ): Promise<{ readonly fields: readonly string[]; readonly secrets: readonly string[] } | undefined> {
    switch (credential.kind) {
      case 'key': {
        const name = keyHeader(provider, head, bare.path, providers());
        const fields =
          name === 'authorization' ? ['Authorization', `Bearer ${credential.key}`] : [name, credential.key];
        return { fields, secrets: [] };
      }
      case 'entra': {
        const token = await entraToken(credential);
        return { fields: ['Authorization', `Bearer ${token}`], secrets: [token] };
      }
      case 'aws': {
        const region = regionOf(head, credential);
        if (region === undefined) return undefined;
        return {
          fields: await signatureHeaders(bare, await facts.body(), credential, region, clock.now()),
          secrets: [],
        };
      }
    }
  }
}

const newToken = 'start the client with "scrim run", or make a new one with "scrim keys token add"';
const sentences: Readonly<Record<InjectionRefusal, string>> = {
  'token-missing': `Give the client a local token: ${newToken}.`,
  'token-misplaced': 'Give the client one local token, where its API key would stand.',
  'token-unknown': `Give the client a local token that Scrim knows: ${newToken}.`,
  'token-revoked': `Give the client another local token, this one was revoked: ${newToken}.`,
  'token-expired': `Give the client another local token, this one has expired: ${newToken}.`,
  'token-requests-spent': `Give the client another local token, the requests of this one are used up: ${newToken}.`,
  'token-tokens-spent': `Give the client another local token, the model tokens of this one are used up: ${newToken}.`,
  'token-provider': 'Use a local token that is meant for this provider.',
  'token-model': 'Use a local token that is meant for this model.',
  'token-host': 'Use a local token that is meant for this host.',
  'token-path': 'Use a local token that is meant for this path.',
  'token-unusable': 'Run "scrim doctor": the list of local tokens cannot be read.',
  'no-key': 'Give Scrim the key of this provider: run "scrim keys set".',
  'wrong-host':
    'Name this host with the key, or as a provider in the policy: Scrim sends a key only to hosts it is meant for, and only encrypted.',
  'no-region': 'Give a "region" with the AWS key: neither the host nor the request names one.',
  keychain: 'Run "scrim doctor": the key of this provider cannot be read.',
  'login-failed': 'Run "scrim keys set" again: the provider refused the log-in.',
};

function refused(code: InjectionRefusal, provider?: string): Injection {
  // A provider's name is from the policy, never from the request.
  const message =
    code === 'no-key' && provider !== undefined ? sentences[code].replace(/"\.$/, ` ${provider}".`) : sentences[code];
  return { kind: 'refused', code, message };
}
