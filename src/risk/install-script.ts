// Scripts in package.json that run by themselves when the package is installed.

import type { Facts, Place } from './facts.ts';

export function noteInstallScript(path: string, written: string | null, facts: Facts, place: Place): void {
  if (written === null || !/(?:^|\/)package\.json$/.test(path)) return;
  if (/"(?:pre|post)?install"\s*:/.test(written)) facts.signs.set('install-script', place);
}
