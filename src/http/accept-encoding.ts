// What we ask for must be something we can read.

import { headerValues, withoutHeaders, type RawHeaders } from './head.ts';

const readable = 'gzip, deflate, br, zstd';
const name = new Set(['accept-encoding']);

/** The headers with codings that `canDecode` refuses taken out of Accept-Encoding (RFC 9110 §12.5.3); the same array when there are none. */
export function withReadableEncodings(headers: RawHeaders, canDecode: (coding: string) => boolean): RawHeaders {
  const value = headerValues(headers, 'accept-encoding');
  if (value === undefined) return headers;
  const codings = value.split(',').map((coding) => coding.trim());
  const isReadable = (coding: string): boolean => {
    const [token = ''] = coding.toLowerCase().split(';');
    return token.trim() === 'identity' || token === '' || canDecode(token.trim());
  };
  if (codings.every(isReadable)) return headers;
  const kept = codings.filter(isReadable);
  // A star means anything; what we can read is named instead.
  if (codings.some((coding) => coding.startsWith('*'))) kept.push(readable);
  const rest = withoutHeaders(headers, name);
  rest.push('Accept-Encoding', kept.length === 0 ? 'identity' : kept.join(', '));
  return rest;
}
