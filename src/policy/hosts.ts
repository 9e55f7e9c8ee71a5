// Host patterns of the policy: `api.openai.com`, `*.openai.azure.com`, `*-aiplatform.googleapis.com`, `localhost:11434`.

export interface HostPattern {
  /** Lower case, no trailing dot, no brackets. May contain stars. */
  readonly host: string;
  /** Undefined: any port. */
  readonly port: number | undefined;
}

const label = /^[a-z0-9_*](?:[a-z0-9_*-]{0,61}[a-z0-9_*])?$/;

/** The parts of a pattern, or undefined when it cannot be one. */
export function parseHostPattern(text: string): HostPattern | undefined {
  if (text.length > 260) return undefined;
  const { host: written, port: portText } = splitPort(text.toLowerCase());
  const port = portText === undefined ? undefined : Number(portText);
  if (port !== undefined && (!/^\d{1,5}$/.test(portText ?? '') || port < 1 || port > 65_535)) return undefined;
  if (written.includes(':')) return ipv6(written, port);
  if (text.startsWith('[')) return undefined;
  const host = written.endsWith('.') ? written.slice(0, -1) : written;
  const labels = host.split('.');
  if (host.length > 253 || !labels.every((part) => label.test(part))) return undefined;
  // A name of digits only is an address; anything but four octets is a typing error.
  if (/^\d+$/.test(labels.at(-1) ?? '') && !isIpv4(labels)) return undefined;
  return { host, port };
}

/**
 * One test for many patterns, in any order, compiled once. A leading `*.` stands for one or more labels (never for none); a star
 * elsewhere for any characters within its label; a lone `*` for every host. Case and a trailing dot do not matter.
 * Patterns that cannot be parsed match nothing.
 */
export function matchesHost(patterns: readonly string[]): (host: string, port: number) => boolean {
  const exact: PortsByHost = new Map();
  const suffixes: PortsByHost = new Map();
  const shaped: { readonly shape: RegExp; readonly port: number | undefined }[] = [];
  for (const text of patterns) {
    const pattern = parseHostPattern(text);
    if (pattern === undefined) continue;
    const suffix = pattern.host.startsWith('*.') ? pattern.host.slice(2) : undefined;
    if (!pattern.host.includes('*')) addPort(exact, pattern.host, pattern.port);
    else if (suffix !== undefined && !suffix.includes('*')) addPort(suffixes, suffix, pattern.port);
    else shaped.push({ shape: shapeOf(pattern.host), port: pattern.port });
  }
  return (written, port) => {
    const host = plainHost(written);
    if (allows(exact.get(host), port)) return true;
    for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) {
      if (allows(suffixes.get(host.slice(dot + 1)), port)) return true;
    }
    return shaped.some((entry) => (entry.port === undefined || entry.port === port) && entry.shape.test(host));
  };
}

type PortsByHost = Map<string, Set<number | undefined>>;

function addPort(map: PortsByHost, host: string, port: number | undefined): void {
  const ports = map.get(host) ?? new Set();
  map.set(host, ports.add(port));
}

function allows(ports: ReadonlySet<number | undefined> | undefined, port: number): boolean {
  return ports !== undefined && (ports.has(undefined) || ports.has(port));
}

function shapeOf(host: string): RegExp {
  if (host === '*') return /^/;
  const deep = host.startsWith('*.');
  const labels = (deep ? host.slice(2) : host).split('.').map((part) => part.replace(/\*+/g, '[^.]*'));
  return new RegExp(`^${deep ? '.+\\.' : ''}${labels.join('\\.')}$`);
}

/** Lower case, without brackets and trailing dot. */
function plainHost(host: string): string {
  const bare = host.startsWith('[') && host.endsWith(']') ? (ipv6(host.slice(1, -1), undefined)?.host ?? host) : host;
  const lower = bare.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

function splitPort(text: string): { host: string; port?: string } {
  const bracketed = /^\[([0-9a-f:.]+)\](?::(.*))?$/.exec(text);
  if (bracketed?.[1] !== undefined) {
    return bracketed[2] === undefined ? { host: bracketed[1] } : { host: bracketed[1], port: bracketed[2] };
  }
  const colon = text.indexOf(':');
  // Several colons without brackets: an IPv6 address, which has no room for a port.
  if (colon === -1 || colon !== text.lastIndexOf(':')) return { host: text };
  return { host: text.slice(0, colon), port: text.slice(colon + 1) };
}

function ipv6(text: string, port: number | undefined): HostPattern | undefined {
  if (!/^[0-9a-f:.]+$/i.test(text) || !URL.canParse(`http://[${text}]/`)) return undefined;
  return { host: new URL(`http://[${text}]/`).hostname.slice(1, -1), port };
}

function isIpv4(labels: readonly string[]): boolean {
  return labels.length === 4 && labels.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
}
