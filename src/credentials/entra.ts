// Tokens of Microsoft Entra ID for a service principal.
// https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow

import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import type { EntraLogin } from './credential.ts';
import { CredentialsError } from './credentials-error.ts';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Every model host of Azure takes a token for this audience. */
const scope = 'https://cognitiveservices.azure.com/.default';
/** Milliseconds: a token is renewed this long before its end; the request for one may take so long. */
const renewBefore = 5 * 60_000;
const requestTime = 10_000;
const maxAnswer = 64 * 1024;

const answerSchema = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,20000}$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().min(0).max(31_536_000),
});

/** Resolves to an access token, asked for once for all requests that wait. Rejects with `login-failed`. */
export function createEntraTokens(fetch: Fetch, clock: Clock): (login: EntraLogin) => Promise<string> {
  const current = new Map<string, { readonly token: Promise<string>; until: number }>();
  return (login) => {
    const { authority, tenant, clientId, clientSecret } = login;
    const who = JSON.stringify([authority, tenant, clientId, clientSecret]);
    const known = current.get(who);
    if (known !== undefined && clock.now() < known.until) return known.token;
    // A rotated secret's token would lie here for ever.
    for (const [other, { until }] of current) if (clock.now() >= until) current.delete(other);
    const entry = { token: ask().then(({ token }) => token), until: Infinity };
    current.set(who, entry);
    return entry.token;

    async function ask(): Promise<{ token: string }> {
      try {
        const asked = clock.now();
        const { access_token, expires_in } = await requestToken(fetch, login);
        const lifetime = expires_in * 1000;
        entry.until = asked + Math.max(lifetime - renewBefore, lifetime / 2);
        return { token: access_token };
      } catch (error) {
        current.delete(who);
        throw error;
      }
    }
  };
}

async function requestToken(fetch: Fetch, login: EntraLogin): Promise<z.infer<typeof answerSchema>> {
  const { authority, tenant, clientId, clientSecret } = login;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope };
  let text: string;
  let ok: boolean;
  try {
    const response = await fetch(`https://${authority}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(form).toString(),
      // SECURITY: the client secret goes to the authority and nowhere it may point to.
      redirect: 'error',
      signal: AbortSignal.timeout(requestTime),
    });
    ({ ok } = response);
    text = await boundedText(response);
  } catch (cause) {
    throw new CredentialsError(
      'login-failed',
      `Check that ${authority} can be reached: it gave no answer to the log-in of your Azure credential.`,
      { cause },
    );
  }
  const answer = answerSchema.safeParse(parseJson(text));
  if (ok && answer.success) return answer.data;
  // RFC 6749 §5.2: a fixed word such as invalid_client.
  const { error } = z.object({ error: z.string().regex(/^[a-z_]{1,40}$/) }).safeParse(parseJson(text)).data ?? {};
  throw new CredentialsError(
    'login-failed',
    `Check tenant, client id and client secret of your Azure credential: ${authority} refused them (${error ?? 'no reason'}).`,
  );
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk as Uint8Array, { stream: true });
    if (text.length > maxAnswer) throw new RangeError('answer too long');
  }
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
