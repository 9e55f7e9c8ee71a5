import type { RequestHead } from '../../src/http/head.ts';

/** A POST to `https://<host><path>`. */
export function headFor(host: string, path: string, ...headers: string[]): RequestHead {
  const scheme = 'https';
  return { method: 'POST', scheme, host, port: 443, path, httpVersion: '1.1', headers: ['Host', host, ...headers] };
}
