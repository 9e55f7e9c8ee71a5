// The gateway: /<provider>/rest of the path, sent to the provider's base URL.

import type { Policy } from '../policy/policy.ts';

export interface GatewayTarget {
  readonly provider: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** `path`: origin form. Undefined when its first segment names no provider of the policy. */
export function gatewayTarget(providers: Policy['providers'], path: string): GatewayTarget | undefined {
  const [, provider, rest] = /^\/([^/?]+)(.*)$/.exec(path) ?? [];
  if (provider === undefined || !Object.hasOwn(providers, provider)) return undefined;
  const base = providers[provider]?.baseUrl;
  if (base === undefined) return undefined;
  const url = new URL(base);
  const scheme = url.protocol === 'http:' ? 'http' : 'https';
  return {
    provider,
    scheme,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (scheme === 'http' ? 80 : 443) : Number(url.port),
    path: joinPaths(url.pathname, versioned(providers[provider]?.dialect ?? null, url.pathname, rest ?? '')),
  };
}

const versionless: Readonly<Record<string, RegExp>> = {
  openai: /^\/(chat\/|completions|responses|embeddings|models|audio\/|images\/|files|batches|moderations)/,
  anthropic: /^\/(messages|complete|models)/,
};

/** Some clients (ai-sdk, opencode) take a base URL that ends with the version; the rest of their path then lacks it. */
function versioned(dialect: string | null, base: string, rest: string): string {
  return /^\/*$/.test(base) && dialect !== null && versionless[dialect]?.test(rest) === true ? `/v1${rest}` : rest;
}

function joinPaths(base: string, rest: string): string {
  const prefix = base.replace(/\/+$/, '');
  const joined = prefix + rest;
  if (joined === '') return '/';
  return joined.startsWith('/') ? joined : `/${joined}`;
}
