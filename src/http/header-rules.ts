// Which header fields travel on, and which end at a hop (RFC 9110 §7.6.1).

import type { RawHeaders } from './head.ts';

export interface ForwardOptions {
  /** Towards HTTP/2: `TE: trailers` is allowed there and gRPC insists on it (RFC 9113 §8.2.2). */
  readonly http2: boolean;
}

// What a Connection header may not take away: framing and routing would change under the recipient's feet.
const neverNominated = new Set(['host', 'content-length', 'content-type', 'content-encoding', 'trailer']);

/** The fields a Connection header names besides the ones that are hop-by-hop anyway, or undefined (the usual case). */
function nominated(headers: RawHeaders): Set<string> | undefined {
  let names: Set<string> | undefined;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    for (const option of (headers[i + 1] ?? '').toLowerCase().split(',')) {
      const token = option.trim();
      if (token === '' || token === 'keep-alive' || token === 'close' || neverNominated.has(token)) continue;
      (names ??= new Set()).add(token);
    }
  }
  return names;
}

/** Hop-by-hop in both directions; `name` in lower case. The switch on the length spares most fields any comparison. */
function endsAtHop(name: string): boolean {
  switch (name.length) {
    case 2:
      return name === 'te';
    case 7:
      return name === 'upgrade';
    case 10:
      return name === 'connection' || name === 'keep-alive';
    case 14:
      return name === 'http2-settings';
    case 16:
      return name === 'proxy-connection';
    case 17:
      return name === 'transfer-encoding';
    default:
      return false;
  }
}

/**
 * Request fields for the next hop. `Proxy-*` is meant for us; `Expect` is answered by us as soon as somebody wants
 * the body (RFC 9110 §10.1.1), so that reading a body never depends on the provider's interim response.
 */
export function forwardedRequestHeaders(headers: RawHeaders, options: ForwardOptions): string[] {
  const extra = nominated(headers);
  const kept: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const value = headers[i + 1] ?? '';
    const lower = name.toLowerCase();
    if (lower === 'te' && options.http2 && value.trim().toLowerCase() === 'trailers') kept.push(name, value);
    else if (endsAtHop(lower) || lower === 'expect' || lower.startsWith('proxy-') || extra?.has(lower)) continue;
    else kept.push(name, value);
  }
  return kept;
}

/** Response fields for the client. `Alt-Svc` would lead it around us, to an HTTP/3 port. */
export function forwardedResponseHeaders(headers: RawHeaders): string[] {
  const extra = nominated(headers);
  const kept: string[] = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const lower = name.toLowerCase();
    if (endsAtHop(lower) || lower === 'alt-svc' || extra?.has(lower)) continue;
    kept.push(name, headers[i + 1] ?? '');
  }
  return kept;
}

/** The headers with one Host field of this value, where the first one stood, or in front (RFC 9112 §3.2.2). */
export function withHost(headers: RawHeaders, authority: string): string[] {
  const result: string[] = [];
  let placed = false;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') {
      if (placed) continue;
      placed = true;
      result.push(name, authority);
    } else result.push(name, headers[i + 1] ?? '');
  }
  return placed ? result : ['Host', authority, ...result];
}

/** HTTP/2 may split a cookie into several fields; HTTP/1.1 knows only one (RFC 9113 §8.2.3). */
export function joinedCookies(headers: RawHeaders): string[] {
  const result: string[] = [];
  let at = -1;
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? '';
    const value = headers[i + 1] ?? '';
    if (name !== 'cookie') result.push(name, value);
    else if (at < 0) at = result.push(name, value) - 1;
    else result[at] = `${result[at] ?? ''}; ${value}`;
  }
  return result;
}

/** Field names in lower case, as HTTP/2 wants them (RFC 9113 §8.2.1). */
export function loweredNames(headers: RawHeaders): string[] {
  return headers.map((item, index) => (index % 2 === 0 ? item.toLowerCase() : item));
}
