// Signature Version 4 for Bedrock, made anew: Scrim's key is not the client's, and a masked body has another hash.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html

import { createHash, createHmac } from 'node:crypto';
import { formatAuthority } from '../http/authority.ts';
import { headerValue, type RequestHead } from '../http/head.ts';
import type { AwsLogin } from './credential.ts';

/** A region in a host of Bedrock's. */
const regionInHost = /^bedrock(?:-runtime|-runtime-fips|-mantle)?\.([a-z0-9-]+)\.(?:amazonaws\.com|api\.aws)$/;
/** The one the client has signed for: `Credential=key/20261120/eu-west-1/bedrock/aws4_request`. */
const regionInScope = /^AWS4-HMAC-SHA256 .*?Credential=[^/,]*\/[0-9]{8}\/([a-z0-9-]{1,40})\//;

/** Where the request is signed for, or undefined when nothing says. `head`: as the client sent it. */
export function regionOf(head: RequestHead, login: AwsLogin): string | undefined {
  const authorization = headerValue(head.headers, 'authorization') ?? '';
  return regionInHost.exec(head.host)?.[1] ?? regionInScope.exec(authorization)?.[1] ?? login.region;
}

/**
 * The fields to add to a head that has no signature. Signed are the path and query byte for byte as they are, the host, the
 * content type and the body; not what may still change on the way.
 */
export async function signatureHeaders(
  head: RequestHead,
  body: Uint8Array,
  login: AwsLogin,
  region: string,
  now: number,
): Promise<string[]> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const { accessKeyId, secretAccessKey, sessionToken } = login;
  const signer = new SignatureV4({
    // The OpenAI-compatible endpoint is a service of its own.
    service: head.host.startsWith('bedrock-mantle.') ? 'bedrock-mantle' : 'bedrock',
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    sha256: Sha256,
  });
  const question = head.path.indexOf('?');
  const contentType = headerValue(head.headers, 'content-type');
  const unsigned = {
    host: formatAuthority(head.scheme, head.host, head.port),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  };
  const signed = await signer.sign(
    {
      method: head.method,
      protocol: `${head.scheme}:`,
      hostname: head.host,
      path: question < 0 ? head.path : head.path.slice(0, question),
      query: question < 0 ? {} : queryOf(head.path.slice(question + 1)),
      headers: unsigned,
      body,
    },
    { signingDate: new Date(now) },
  );
  return Object.entries(signed.headers).flatMap(([name, value]) => (name in unsigned ? [] : [name, value]));
}

function queryOf(query: string): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(query.replaceAll('+', '%2B'))) (values[name] ??= []).push(value);
  return values;
}

/** The hash as the signer wants it: plain, or keyed. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash>;

  constructor(key?: unknown) {
    // The signer passes bytes or text; with none it wants the plain hash.
    this.#hash = key === undefined ? createHash('sha256') : (createHmac('sha256', key as Uint8Array) as never);
  }
  update(data: unknown): void {
    this.#hash.update(data as Uint8Array);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {
    throw new TypeError('used once');
  }
}
