// curl-style `--resolve HOST:PORT:ADDRESS[:PORT]`: where a host really is, for tests and split networks.

import { isIP } from 'node:net';

export interface ResolveRule {
  /** Lower case, without brackets; `*` for every host. */
  readonly host: string;
  readonly port: number;
  readonly address: string;
  /** The port to connect to, when it is another one. */
  readonly addressPort: number | undefined;
}

const form = /^(\*|\[[0-9a-f:.]+\]|[^:[\]\s]+):([0-9]{1,5}):(\[[0-9a-f:.]+\]|[^:[\]\s]+)(?::([0-9]{1,5}))?$/i;
const bare = (text: string) => (text.startsWith('[') ? text.slice(1, -1) : text);
const isPort = (port: number) => port >= 1 && port <= 65535;

/** Undefined when the text is not of that form. */
export function parseResolveRule(text: string): ResolveRule | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const host = bare(match[1] ?? '').toLowerCase();
  const address = bare(match[3] ?? '');
  const port = Number(match[2]);
  const addressPort = match[4] === undefined ? undefined : Number(match[4]);
  if (isIP(address) === 0 || !isPort(port) || (addressPort !== undefined && !isPort(addressPort))) return undefined;
  return { host, port, address, addressPort };
}

/** Where to connect for a host: the first rule that names it, else `*`, else itself. */
export function resolved(
  rules: readonly ResolveRule[],
  host: string,
  port: number,
): { readonly host: string; readonly port: number } {
  const rule =
    rules.find((each) => each.port === port && each.host === host) ??
    rules.find((each) => each.port === port && each.host === '*');
  return rule === undefined ? { host, port } : { host: rule.address, port: rule.addressPort ?? port };
}
