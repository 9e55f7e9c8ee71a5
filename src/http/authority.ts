// `host:port` as it stands in CONNECT, Host and :authority. Strict: what is not plainly a name or an address is refused.

export interface Authority {
  /** Lower case, no brackets, no trailing dot. */
  readonly host: string;
  readonly port: number | undefined;
}

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const octet = /^(?:0|[1-9][0-9]{0,2})$/;

function isIPv4(host: string): boolean {
  const parts = host.split('.');
  return parts.length === 4 && parts.every((part) => octet.test(part) && Number(part) <= 255);
}

/** RFC 4291 §2.2, without zone. */
function isIPv6(host: string): boolean {
  const halves = host.split('::');
  if (halves.length > 2 || !/^[0-9a-f:.]{2,45}$/.test(host)) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  let count = 0;
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/.test(group)) count += 1;
    else if (index === groups.length - 1 && !host.endsWith('::') && isIPv4(group)) count += 2;
    else return false;
  }
  return halves.length === 2 ? count <= 7 : count === 8;
}

/**
 * SECURITY: the host reaches certificates, name look-ups and the log. `..`, empty labels, control characters, user
 * information, and numbers that some resolvers read as an address (`0x7f.1`, `2130706433`) are all refused.
 */
function normalHost(text: string): string | undefined {
  const host = (text.endsWith('.') ? text.slice(0, -1) : text).toLowerCase();
  if (host.length === 0 || host.length > 253) return undefined;
  const labels = host.split('.');
  if (!labels.every((each) => label.test(each))) return undefined;
  const last = labels[labels.length - 1] ?? '';
  if (/^(?:[0-9]+|0x[0-9a-f]*)$/.test(last) && !isIPv4(host)) return undefined;
  return host;
}

export function parseAuthority(text: string): Authority | undefined {
  let rest: string;
  let host: string | undefined;
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    const inner = text.slice(1, close).toLowerCase();
    if (close < 0 || !isIPv6(inner)) return undefined;
    host = inner;
    rest = text.slice(close + 1);
  } else {
    const colon = text.indexOf(':');
    host = normalHost(colon < 0 ? text : text.slice(0, colon));
    rest = colon < 0 ? '' : text.slice(colon);
  }
  if (host === undefined) return undefined;
  if (rest === '') return { host, port: undefined };
  if (!/^:[0-9]{1,5}$/.test(rest)) return undefined;
  const port = Number(rest.slice(1));
  return port >= 1 && port <= 65535 ? { host, port } : undefined;
}

export function defaultPort(scheme: 'http' | 'https'): number {
  return scheme === 'https' ? 443 : 80;
}

/** `host`, `host:port` or `[v6]:port`, without the port when it is the scheme's own. */
export function formatAuthority(scheme: 'http' | 'https', host: string, port: number): string {
  const name = host.includes(':') ? `[${host}]` : host;
  return port === defaultPort(scheme) ? name : `${name}:${port}`;
}

/** Names and addresses that never leave this machine (RFC 6761 §6.3, RFC 1122 §3.2.1.3). */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1' || host.endsWith('.localhost')) return true;
  return host.startsWith('127.') && isIPv4(host);
}

export interface AbsoluteTarget {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** An absolute-form request target (RFC 9112 §3.2.2), or undefined when it is not a usable http(s) one. */
export function parseAbsoluteTarget(target: string): AbsoluteTarget | undefined {
  const match = /^(https?):\/\/([^/?#]*)([^#]*)$/i.exec(target);
  if (match === null) return undefined;
  const scheme = match[1]?.toLowerCase() === 'https' ? 'https' : 'http';
  const authority = parseAuthority(match[2] ?? '');
  if (authority === undefined) return undefined;
  const rest = match[3] ?? '';
  const path = rest === '' ? '/' : rest.startsWith('?') ? `/${rest}` : rest;
  return { scheme, host: authority.host, port: authority.port ?? defaultPort(scheme), path };
}
