// What AWS does with a signed request, written from its documentation and not with the library that signs:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

import { createHash, createHmac } from 'node:crypto';
import { headerValue, type RequestHead } from '../../src/http/head.ts';

export interface Verified {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
}

/** What the request is signed for. Throws unless the signature holds for these very bytes. */
export function verifySignature(head: RequestHead, body: Uint8Array, secretAccessKey: string): Verified {
  const authorization = headerValue(head.headers, 'authorization') ?? '';
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
  const [, accessKeyId, day, region, service, names, signature] = parts.exec(authorization) ?? [];
  if (
    accessKeyId === undefined ||
    day === undefined ||
    region === undefined ||
    service === undefined ||
    names === undefined
  )
    throw new Error(`not signed: ${authorization}`);
  const [path = '', query = ''] = head.path.split(/\?(.*)/s);
  // Every segment is encoded once more than it was sent, for every service but S3.
  const canonicalPath = path.split('/').map(encode).join('/');
  const canonicalQuery = query === '' ? '' : query.split('&').map(canonicalPair).sort().join('&');
  const signedHeaders = names.split(';');
  const canonicalHeaders = signedHeaders.map((name) => `${name}:${(headerValue(head.headers, name) ?? '').trim()}\n`);
  const request = [head.method, canonicalPath, canonicalQuery, canonicalHeaders.join(''), names, sha256(body)].join(
    '\n',
  );
  const date = headerValue(head.headers, 'x-amz-date') ?? '';
  const text = ['AWS4-HMAC-SHA256', date, `${day}/${region}/${service}/aws4_request`, sha256(request)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(hmac, `AWS4${secretAccessKey}`);
  if (hmac(key, text).toString('hex') !== signature) throw new Error('the signature does not hold');
  return { accessKeyId, region, service, signedHeaders };
}

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
const canonicalPair = (pair: string): string => {
  const [name = '', value = ''] = pair.split(/=(.*)/s);
  return `${encode(decodeURIComponent(name))}=${encode(decodeURIComponent(value))}`;
};
const sha256 = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, data: string): Buffer => createHmac('sha256', key).update(data).digest();
