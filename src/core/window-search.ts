// Search for the window: pages, how many there are, and what can be written into the field.

import type { FoundPage, SearchWords } from '../contract/sessions.ts';
import { SessionsError } from '../sessions/errors.ts';
import { searchFields } from '../sessions/search-fields.ts';
import { searchLog, type SearchOptions, type SearchPage } from '../sessions/search.ts';
import { knownValues } from '../sessions/session-list.ts';
import { CoreError } from './core-error.ts';
import { systemClock } from './home.ts';
import { readQuery } from './search.ts';
import type { JobPlace, Jobs } from './window-jobs.ts';
import { logFolder, reading } from './window-log.ts';

const SEARCH_MS = 2_000;
const COUNT_MS = 1_000;
const MOST_HITS = 10_000;
const MOST_VALUES = 200;
const LONGEST_VALUE = 120;

export function foundPage(place: JobPlace, { query, cursor, limit }: Jobs['search']['input']): FoundPage {
  const found = search(place, query, { limit, cursor, timeLimit: SEARCH_MS });
  if ('problem' in found) return { hits: [], cursor: null, isLate: false, problem: found.problem };
  return { hits: found.hits, cursor: found.cursor, isLate: found.ended === 'time', problem: null };
}

export function countHits(place: JobPlace, { query }: Jobs['count']['input']): Jobs['count']['piece'] {
  const until = performance.now() + COUNT_MS;
  let hits = 0;
  for (let cursor: string | undefined; ;) {
    const timeLimit = until - performance.now();
    if (timeLimit <= 0 || hits >= MOST_HITS) return { hits, isMore: true };
    const page = search(place, query, { limit: 250, cursor, timeLimit });
    if ('problem' in page) return { hits: 0, isMore: false };
    hits += page.hits.length;
    if (page.cursor === null) return { hits, isMore: false };
    cursor = page.cursor;
  }
}

export function searchWords(place: JobPlace): SearchWords {
  const values = reading<Record<string, readonly string[]>>(place, {}, (database) =>
    knownValues(database, MOST_VALUES),
  );
  for (const [name, field] of searchFields) {
    if (field.kind === 'time') values[name] = ['today', 'yesterday', '2d', '1w'];
    if (field.kind === 'text' && field.choices !== undefined) values[name] = field.choices;
  }
  return {
    fields: [...searchFields].map(([name, { kind }]) => ({ name, kind })),
    values: Object.fromEntries(
      Object.entries(values).map(([name, all]) => [name, all.filter((value) => value.length <= LONGEST_VALUE)]),
    ),
  };
}

/** A query that cannot be read is no failure: people correct it as they write. */
function search(place: JobPlace, query: string, options: SearchOptions): SearchPage | { readonly problem: string } {
  try {
    return searchLog({ folder: logFolder(place), clock: systemClock }, readQuery(query), options);
  } catch (error) {
    if (error instanceof SessionsError && error.code === 'bad-query') return { problem: error.message };
    if (error instanceof CoreError && error.code === 'usage') return { problem: error.message };
    throw error;
  }
}
