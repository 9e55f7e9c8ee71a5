// The policy's hosts as a PAC script can ask for them.

import { isLoopback } from '../http/authority.ts';
import { parseHostPattern } from '../policy/hosts.ts';

/**
 * Never narrower than the patterns: a star within a name becomes everything below the domain after it. What is not intercepted
 * passes Scrim unread, so that is harmless. Loopback is left out: clients talk to servers of their own there.
 */
export function pacHosts(patterns: readonly string[]): string[] {
  const hosts = patterns.map((text) => parseHostPattern(text)?.host).filter((host) => host !== undefined);
  return [...new Set(hosts.filter((host) => !isLoopback(host)).map(widened))];
}

function widened(host: string): string {
  const labels = host.split('.');
  const last = labels.findLastIndex((label) => label.includes('*'));
  if (last === -1) return host;
  return ['*', ...labels.slice(last + 1)].join('.');
}
