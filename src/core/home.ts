// What every command shares: the clock, and the user's own authority.

import { hostname, userInfo } from 'node:os';
import type { TimedClock } from '../base/clock.ts';
import { openAuthority, type Authority } from '../certificates/authority.ts';
import type { SecretStore } from '../keychain/secret-store.ts';
import { knownDomains } from '../policy/known-providers.ts';
import type { Locations } from '../settings/locations.ts';

export const systemClock: TimedClock = {
  now: () => Date.now(),
  after(delay, wake) {
    const timer = setTimeout(wake, delay);
    return () => clearTimeout(timer);
  },
};

export function openOwnAuthority(places: Locations, secrets: SecretStore): Promise<Authority> {
  return openAuthority({
    folder: places.certificatesFolder,
    secrets,
    clock: systemClock,
    wellKnown: knownDomains,
    user: `${userName()}@${hostname()}`,
  });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return 'user';
  }
}
