// Where a browser on this machine opens the window: at an address of its own in each run.
//
// SECURITY: while Scrim is off, any program of any user may listen in its place. A page that it shows to the person's browser then
// leaves a service worker or a cached page behind, which would be asked instead of Scrim from now on, get the code of the
// next pairing, and answer for the person. Such things belong to one address; one that nobody could have guessed has none.

import { randomInt } from 'node:crypto';

/**
 * Undefined where there is only 127.0.0.1: on macOS; where the browser is on the other side of WSL or SSH, which hand on no other; and where
 * the person chose an address. The name `localhost` has others too, but also ::1, where somebody else may listen.
 */
export function addressOfRun(
  host: string,
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const isElsewhere = env['WSL_DISTRO_NAME'] !== undefined || env['SSH_CONNECTION'] !== undefined;
  if (host !== '127.0.0.1' || (platform !== 'linux' && platform !== 'win32') || isElsewhere) return undefined;
  return `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}`;
}
