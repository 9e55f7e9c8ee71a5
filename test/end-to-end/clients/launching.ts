// What the launches have in common.

import { join } from 'node:path';
import type { Mode, Place } from './client.ts';

/** A file of the packages that were installed. */
export function program(place: Place, path: string): string {
  return join(place.installed, 'node_modules', path);
}

/** The base URL: the provider's own, whose host Scrim opens, or a path of the gateway. */
export function base(place: Place, direct: string, path: string): string {
  return place.mode === 'gateway' ? place.gateway + path : direct;
}

/** The key in a variable, unless `scrim run` is to set it. */
export function keyIn(variable: string, { key }: Place): Record<string, string> {
  return key === null ? {} : { [variable]: key };
}

export const all: readonly Mode[] = ['run', 'proxy', 'gateway'];
