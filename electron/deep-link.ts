// `scrim://open/<screen>`: shows a screen. SECURITY: any page and any program may open such a link, so it never answers,
// never changes, never carries text, and is matched exactly.

import { resolve } from 'node:path';
import { app } from 'electron';

export const linkScheme = 'scrim';

const screens = [
  'live',
  'approvals',
  'sessions',
  'overview',
  'policy',
  'keys',
  'clients',
  'settings',
  'guide',
] as const;
export type Screen = (typeof screens)[number];

/** Undefined: not one of ours. */
export function screenOf(link: string): Screen | undefined {
  const url = URL.parse(link);
  return screens.find((screen) => url?.href === link && link === `${linkScheme}://open/${screen}`);
}

/** The link among the words that a second start hands over: Linux and Windows pass it so. */
export function screenAmong(words: readonly string[]): Screen | undefined {
  const links = words.filter((word) => word.startsWith(`${linkScheme}:`));
  return links.length === 1 && links[0] !== undefined ? screenOf(links[0]) : undefined;
}

/** Makes the system hand such links to us; an installer for Linux says so in its desktop file. */
export function registerLinks(): void {
  const [, script] = process.argv;
  // A checkout is Electron with a folder as its first word.
  if (app.isPackaged || script === undefined) app.setAsDefaultProtocolClient(linkScheme);
  else app.setAsDefaultProtocolClient(linkScheme, process.execPath, [resolve(script)]);
}
