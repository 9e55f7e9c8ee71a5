// The log as the window's threads read it.

import { join } from 'node:path';
import { openForReading } from '../sessions/database.ts';
import type { JobPlace } from './window-jobs.ts';

export function logFolder({ dataDir }: JobPlace): string {
  return join(dataDir, 'sessions');
}

/** `none`: what it comes to while there is no log. */
export function reading<T>(
  place: JobPlace,
  none: T,
  read: (database: NonNullable<ReturnType<typeof openForReading>>) => T,
): T {
  using database = openForReading(logFolder(place));
  return database === undefined ? none : read(database);
}
