// What `scrim sessions search` does, and what the window asks.

import { homedir } from 'node:os';
import { join } from 'node:path';
import { didYouMean } from '../policy/did-you-mean.ts';
import { SessionsError } from '../sessions/errors.ts';
import { catchUp } from '../sessions/search-catch-up.ts';
import { parseQuery, type SearchQuery } from '../sessions/search-query.ts';
import { searchLog, type SearchOptions, type SearchPage } from '../sessions/search.ts';
import { CoreError } from './core-error.ts';
import { systemClock } from './home.ts';
import { placesOf, type Common } from './inspect.ts';

/** How long a command indexes before it searches. */
const CATCH_UP_MS = 2_000;

/** @throws CoreError `usage` when the query or the cursor is none; SessionsError when the log cannot be read */
export function searchSessions(common: Common, text: string, options: SearchOptions): SearchPage {
  const query = readQuery(text);
  const folder = join(placesOf(common).dataFolder, 'sessions');
  catchUp(folder, CATCH_UP_MS);
  try {
    return searchLog({ folder, clock: systemClock }, query, options);
  } catch (error) {
    if (error instanceof SessionsError && error.code === 'bad-query') throw new CoreError('usage', error.message);
    throw error;
  }
}

/** @throws CoreError `usage`, which says where in the query, and what to write instead */
export function readQuery(text: string): SearchQuery {
  const parsed = parseQuery(text, { now: systemClock.now(), home: homedir(), suggest: didYouMean });
  if ('query' in parsed) return parsed.query;
  const { at, message } = parsed.problem;
  throw new CoreError('usage', `Character ${at + 1} of the query: ${message}`);
}

/** What makes a word of the command line more than text. */
const SYNTAX = /["():*]|(?:^|\s)(?:-|(?:OR|NOT|\|)(?=\s|$))/;

/** The words of a command line as one query. The shell took the quotes of "two words" away: they are a phrase still. */
export function queryOfWords(words: readonly string[]): string {
  return words.map((word) => (/\s/.test(word) && !SYNTAX.test(word) ? `"${word}"` : word)).join(' ');
}
