// Where a request goes: decided from its head and from the way it came in, the same for HTTP/1 and HTTP/2.

import { defaultPort, formatAuthority, isLoopback, parseAbsoluteTarget, parseAuthority } from '../http/authority.ts';
import { withHost } from '../http/header-rules.ts';
import type { RawHeaders, RequestHead } from '../http/head.ts';
import type { ConnectionContext } from './connection-context.ts';
import type { Arrival } from './http1-client-side.ts';
import { refusals } from './refusal.ts';
import type { Refusal } from './refusal.ts';

export interface GatewayTarget {
  readonly provider: string;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

export interface RoutingOptions {
  intercepts(host: string, port: number): boolean;
  gateway(path: string): GatewayTarget | undefined;
  /** More names under which the gateway may be called, for a listener that is not on loopback. */
  readonly gatewayNames: readonly string[];
}

export interface Asked {
  readonly method: string;
  /** Request target of HTTP/1, or `:path`. */
  readonly target: string;
  readonly httpVersion: '1.0' | '1.1' | '2.0';
  readonly headers: RawHeaders;
  /** `:scheme` and `:authority` of HTTP/2. */
  readonly scheme?: 'http' | 'https';
  readonly authority?: string | undefined;
}

export type Route =
  | { readonly kind: 'refuse'; readonly refusal: Refusal; readonly host: string | undefined }
  | { readonly kind: 'exchange' | 'forward'; readonly arrival: Arrival };

const refuse = (refusal: Refusal, host?: string): Route => ({ kind: 'refuse', refusal, host });

/** The Host field: its value, undefined when absent, null when there are several (RFC 9112 §3.2). */
function hostOf(headers: RawHeaders): string | undefined | null {
  let host: string | undefined;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    if (name.length !== 4 || name.toLowerCase() !== 'host') continue;
    if (host !== undefined) return null;
    host = headers[i + 1];
  }
  return host;
}

export function route(asked: Asked, context: ConnectionContext, options: RoutingOptions): Route {
  if (context.loop) return refuse(refusals.loop);
  const field = hostOf(asked.headers);
  if (field === null) return refuse(refusals.noHost);
  // RFC 9113 §8.3.1: :authority and Host say the same, or the request is malformed.
  if (asked.authority !== undefined && field !== undefined && asked.authority.toLowerCase() !== field.toLowerCase()) {
    return refuse(refusals.noHost);
  }
  const host = asked.authority ?? field;
  if (host === undefined && asked.httpVersion !== '1.0') return refuse(refusals.noHost);
  const { destination } = context;
  if (destination.kind === 'tunnel') return throughTunnel(asked, host, destination, context);
  if (asked.authority !== undefined) return overHttp2(asked, asked.authority, context, options);
  return asked.target.startsWith('/') ? toGateway(asked, host, context, options) : toProxy(asked, options);
}

function proxied(
  asked: Asked,
  scheme: 'http' | 'https',
  host: string,
  port: number,
  path: string,
  headers: RawHeaders,
): Arrival {
  const head: RequestHead = { method: asked.method, scheme, host, port, path, httpVersion: asked.httpVersion, headers };
  return { via: 'proxy', provider: undefined, head };
}

/** SECURITY: what the policy and the certificate were chosen for is the CONNECT target; no other host may be asked for. */
function isTarget(text: string, target: { scheme: 'http' | 'https'; host: string; port: number }): boolean {
  const named = parseAuthority(text);
  return named?.host === target.host && (named.port ?? target.port) === target.port;
}

function throughTunnel(
  asked: Asked,
  host: string | undefined,
  target: { scheme: 'http' | 'https'; host: string; port: number },
  context: ConnectionContext,
): Route {
  if (host !== undefined && host !== context.knownHost) {
    if (!isTarget(host, target)) return refuse(refusals.misdirected, target.host);
    context.knownHost = host;
  }
  let path = asked.target;
  if (!path.startsWith('/') && path !== '*') {
    const absolute = parseAbsoluteTarget(path);
    if (absolute === undefined) return refuse(refusals.badTarget, target.host);
    if (absolute.host !== target.host || absolute.port !== target.port)
      return refuse(refusals.misdirected, target.host);
    path = absolute.path;
  }
  const authority = formatAuthority(target.scheme, target.host, target.port);
  const headers = host === undefined ? withHost(asked.headers, authority) : asked.headers;
  return { kind: 'exchange', arrival: proxied(asked, target.scheme, target.host, target.port, path, headers) };
}

function toProxy(asked: Asked, options: RoutingOptions): Route {
  const target = parseAbsoluteTarget(asked.target);
  if (target === undefined) return refuse(refusals.badTarget);
  const { scheme, host, port, path } = target;
  // RFC 9112 §3.2.2: the target counts, whatever Host says.
  const headers = withHost(asked.headers, formatAuthority(scheme, host, port));
  const kind = options.intercepts(host, port) ? 'exchange' : 'forward';
  return { kind, arrival: proxied(asked, scheme, host, port, path, headers) };
}

/** HTTP/2 with prior knowledge on the open port: the gateway under its own name, a proxy request under any other. */
function overHttp2(asked: Asked, authority: string, context: ConnectionContext, options: RoutingOptions): Route {
  const named = parseAuthority(authority);
  if (named === undefined) return refuse(refusals.noHost);
  if (isOurName(named.host, context, options)) return toGateway(asked, authority, context, options);
  const scheme = asked.scheme ?? 'http';
  const port = named.port ?? defaultPort(scheme);
  const kind = options.intercepts(named.host, port) ? 'exchange' : 'forward';
  return { kind, arrival: proxied(asked, scheme, named.host, port, asked.target, asked.headers) };
}

function isOurName(host: string, context: ConnectionContext, options: RoutingOptions): boolean {
  const address = context.raw.localAddress ?? '';
  return isLoopback(host) || host === address || `::ffff:${host}` === address || options.gatewayNames.includes(host);
}

/**
 * SECURITY: any web page may send requests to a port of this machine. A foreign Host is DNS rebinding; a foreign
 * Origin or `Sec-Fetch-Site: cross-site` is a page of another site. Local programs send neither.
 */
function toGateway(asked: Asked, host: string | undefined, context: ConnectionContext, options: RoutingOptions): Route {
  if (host !== undefined && host !== context.knownHost) {
    const named = parseAuthority(host);
    if (named === undefined) return refuse(refusals.noHost);
    if (!isOurName(named.host, context, options)) return refuse(refusals.foreignName);
    context.knownHost = host;
  }
  if (isForeignPage(asked.headers)) return refuse(refusals.foreignOrigin);
  const target = options.gateway(asked.target);
  if (target === undefined) return refuse(refusals.unknownPath);
  const authority = formatAuthority(target.scheme, target.host, target.port);
  const head: RequestHead = {
    method: asked.method,
    scheme: target.scheme,
    host: target.host,
    port: target.port,
    path: target.path,
    httpVersion: asked.httpVersion,
    // An HTTP/2 request without Host gets its authority from host and port.
    headers:
      asked.authority === undefined || hostOf(asked.headers) !== undefined
        ? withHost(asked.headers, authority)
        : asked.headers,
  };
  return { kind: 'exchange', arrival: { via: 'gateway', provider: target.provider, head } };
}

function isForeignPage(headers: RawHeaders): boolean {
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const value = headers[i + 1] ?? '';
    if (name.length === 6 && name.toLowerCase() === 'origin') {
      const origin = parseAbsoluteTarget(value);
      if (origin === undefined || !isLoopback(origin.host)) return true;
    }
    if (name.length === 14 && name.toLowerCase() === 'sec-fetch-site' && value === 'cross-site') return true;
  }
  return false;
}
