// What a person gives Scrim for a provider: a key, or a log-in from which short-lived tokens or signatures are made.

import { z } from 'zod';
import { parseAuthority } from '../http/authority.ts';
import { CredentialsError } from './credentials-error.ts';

export type Credential = (ApiKey | EntraLogin | AwsLogin) & {
  /** Lower case. The only host it goes to; undefined: those of its provider. */
  readonly host?: string | undefined;
};

export interface ApiKey {
  readonly kind: 'key';
  readonly key: string;
}

/** A service principal: client credentials of Microsoft Entra ID. */
export interface EntraLogin {
  readonly kind: 'entra';
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly authority: (typeof authorities)[number];
}

export interface AwsLogin {
  readonly kind: 'aws';
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Where the host does not say. */
  readonly region?: string | undefined;
}

/** SECURITY: a closed list, because the client secret is sent there. Public, US government, China. */
const authorities = [
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
] as const;

// SECURITY: it becomes a header's value; nothing in it may end the header.
const visible = z.string().regex(/^[\x21-\x7e]{1,2000}$/);
const plainName = z.string().regex(/^[A-Za-z0-9._-]{1,100}$/);
const host = z
  .string()
  .transform((text) => parseAuthority(text))
  .refine((authority) => authority !== undefined && authority.port === undefined)
  .transform((authority) => authority?.host ?? '')
  .optional();

const schema = z.union([
  z.strictObject({ key: visible, host }).transform((given) => ({ kind: 'key', ...given }) as const),
  z
    .strictObject({
      tenant: plainName,
      clientId: plainName,
      clientSecret: visible,
      authority: z.enum(authorities).default('login.microsoftonline.com'),
      host,
    })
    .transform((given) => ({ kind: 'entra', ...given }) as const),
  z
    .strictObject({
      accessKeyId: visible,
      secretAccessKey: visible,
      sessionToken: visible.optional(),
      region: plainName.optional(),
      host,
    })
    .transform((given) => ({ kind: 'aws', ...given }) as const),
]);

/** From what was typed or piped: a bare key, or a JSON object. Throws `bad-credential`. */
export function parseCredential(text: string): Credential {
  const trimmed = text.trim();
  try {
    return schema.parse(trimmed.startsWith('{') ? JSON.parse(trimmed) : { key: trimmed });
  } catch {
    // Without the cause: it may quote the secret.
    throw new CredentialsError(
      'bad-credential',
      'Give the key on one line, or a JSON object: {"key"}, {"tenant","clientId","clientSecret"} or {"accessKeyId","secretAccessKey"}, each with an optional "host".',
    );
  }
}

/** Everything in it that must never be seen. */
export function secretsOf(credential: Credential): string[] {
  switch (credential.kind) {
    case 'key':
      return [credential.key];
    case 'entra':
      return [credential.clientSecret];
    case 'aws':
      return [credential.secretAccessKey, ...(credential.sessionToken === undefined ? [] : [credential.sessionToken])];
  }
}
