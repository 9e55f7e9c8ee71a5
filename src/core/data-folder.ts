// Where the data of a start lies, for a shell that must know it before it has a core; made when it is not there.

import { locations } from '../settings/locations.ts';

/** Throws `SettingsError` where the folder cannot be made. */
export function dataFolderOf(dataDir: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  return locations({ dataDir, env }).dataFolder;
}
