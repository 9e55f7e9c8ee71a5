// The proxy of the network we are in: `--upstream-proxy http://user:password@proxy.example:3128`.

import { isLoopback, parseAuthority } from '../http/authority.ts';

export interface UpstreamProxy {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** A proxy elsewhere cannot reach what listens on this machine's loopback (a local model server). */
  serves(host: string): boolean;
}

/** Undefined when the URL is not one of an HTTP proxy. */
export function upstreamProxyFrom(url: URL): UpstreamProxy | undefined {
  const scheme = url.protocol === 'https:' ? 'https' : 'http';
  const authority = parseAuthority(url.host);
  if (authority === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) return undefined;
  const onThisMachine = isLoopback(authority.host);
  return {
    scheme,
    host: authority.host,
    port: authority.port ?? (scheme === 'https' ? 443 : 80),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    serves: (host) => onThisMachine || !isLoopback(host),
  };
}

/** RFC 7617; undefined without user information. */
export function proxyCredentials(proxy: UpstreamProxy): string | undefined {
  if (proxy.user === '' && proxy.password === '') return undefined;
  return `Basic ${Buffer.from(`${proxy.user}:${proxy.password}`, 'utf8').toString('base64')}`;
}

/** For messages: never with the credentials. */
export function describesProxy(proxy: UpstreamProxy): string {
  return `The upstream proxy ${proxy.host}:${proxy.port}`;
}
