// Where a credential can stand in the head of a request, for every provider and client that is known.

import { headerValue, withoutHeaders, type RequestHead } from '../http/head.ts';
import { findLocalTokens } from './local-token.ts';
import { decoded } from './percent-decoding.ts';

/** Fields that carry nothing but a credential, or parts of a signature made with one. */
const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  // Anthropic; also AWS API Gateway
  'x-api-key',
  // Azure OpenAI, and Azure API Management before it
  'api-key',
  'ocp-apim-subscription-key',
  'x-goog-api-key',
  'x-amz-date',
  'x-amz-security-token',
  'x-amz-content-sha256',
]);

/** Google's `?key=` and OAuth's `?access_token=` (RFC 6750 §2.3). */
const credentialQuery: ReadonlySet<string> = new Set(['key', 'access_token']);

/** The value of `Authorization: Bearer`, or undefined. */
export function bearer(head: RequestHead): string | undefined {
  return /^bearer +(\S+) *$/i.exec(headerValue(head.headers, 'authorization') ?? '')?.[1];
}

/** The local tokens in a field's value: bare, as a bearer, or as part of `Basic` credentials, as in a proxy's address. */
export function localTokensInField(value: string): string[] {
  const basic = /^basic +([A-Za-z0-9+/=_-]+)/i.exec(value)?.[1];
  return findLocalTokens(basic === undefined ? value : Buffer.from(basic, 'base64').toString('latin1'));
}

/** The different local tokens in a head: in any field, in the query, and where they do not belong. */
export function localTokensIn(head: RequestHead): string[] {
  const found = new Set(findLocalTokens(decoded(head.path)));
  for (let i = 1; i < head.headers.length; i += 2) {
    for (const token of localTokensInField(head.headers[i] ?? '')) found.add(token);
  }
  return [...found];
}

/**
 * The head without the local token, whatever field or parameter it stood in. With `all`, also without every other
 * credential: what is put in must be the only one. The rest of the query stays as it was, byte for byte.
 */
export function withoutCredentials(head: RequestHead, token: string, all: boolean): RequestHead {
  const doomed = new Set(all ? credentialHeaders : []);
  for (let i = 0; i + 1 < head.headers.length; i += 2) {
    if (localTokensInField(head.headers[i + 1] ?? '').includes(token))
      doomed.add((head.headers[i] ?? '').toLowerCase());
  }
  return {
    ...head,
    headers: withoutHeaders(head.headers, doomed),
    path: withoutParameters(head.path, (name, value) => value.includes(token) || (all && credentialQuery.has(name))),
  };
}

function withoutParameters(path: string, isDoomed: (name: string, value: string) => boolean): string {
  const start = path.indexOf('?');
  if (start < 0) return path;
  const kept = path
    .slice(start + 1)
    .split('&')
    .filter((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      return !isDoomed(decoded(name).toLowerCase(), decoded(equals < 0 ? '' : pair.slice(equals + 1)));
    });
  const query = kept.join('&');
  return query === '' ? path.slice(0, start) : `${path.slice(0, start)}?${query}`;
}
