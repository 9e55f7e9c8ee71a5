// Where an action takes place, and what the policy approves: what rules may know besides the facts.

import { hostMatches } from './hosts.ts';

export interface Scene {
  /** The project folder, normalised, or null. */
  readonly folder: string | null;
  readonly home: string;
  readonly approvedHosts: readonly string[];
  readonly approvedPaths: readonly string[];
  readonly secrets: readonly string[];
}

/** Hosts that data may be sent to: this machine, names that exist only inside it, and what the policy lists. */
export function mayReceive(host: string, scene: Scene): boolean {
  return isOwnMachine(host) || isLocalName(host) || scene.approvedHosts.some((pattern) => hostMatches(pattern, host));
}

export function isOwnMachine(host: string): boolean {
  return (
    host === 'localhost' ||
    host === '0.0.0.0' ||
    host === '::1' ||
    host === '::' ||
    host === 'host.docker.internal' ||
    /^127(\.\d{1,3}){3}$/.test(host) ||
    /\.(?:localhost|test)$/.test(host)
  );
}

/** A name without a dot is a container here; for SSH it may be any machine. */
function isLocalName(host: string): boolean {
  return /^[a-z][a-z0-9_-]*$/.test(host);
}
