// The log as the window's threads read it.

import { join } from 'node:path';
import { openForReading } from '../sessions/database.ts';
import { exchangeIds } from '../sessions/session-list.ts';
import { CoreError } from './core-error.ts';
import { openLog } from './inspect.ts';
import type { JobPlace } from './window-jobs.ts';

/** Of a session that is played or compared. */
const MOST_EXCHANGES = 500;

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

/** An exchange, or the newest ones of a session. */
export function exchangesOf(place: JobPlace, id: string): { ids: readonly string[]; isCut: boolean } {
  if (openLog(place).exchange(id) !== undefined) return { ids: [id], isCut: false };
  const ids = reading(place, [], (database) => exchangeIds(database, id));
  if (ids.length === 0) throw new CoreError('not-found', 'This session is gone from the log; go back to the list.');
  return { ids: ids.slice(-MOST_EXCHANGES), isCut: ids.length > MOST_EXCHANGES };
}
