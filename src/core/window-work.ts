// The window's questions of the log, by name, each answered piece by piece in a thread of its own (`window-worker.ts`).

import { systemClock } from './home.ts';
import { openLog } from './inspect.ts';
import { CoreError } from './core-error.ts';
import { createKnownTurns, shownExchange, textOf } from './window-conversation.ts';
import type { JobName, JobPlace, Jobs } from './window-jobs.ts';
import { reading } from './window-log.ts';
import { exchangeIds, sessionRows } from '../sessions/session-list.ts';

type Pieces<Piece> = Iterable<Piece> | AsyncIterable<Piece>;

/** Exchanges before a page in which its first turns may stand already. */
const CONTEXT = 8;

export const jobs: {
  [Name in JobName]: (input: Jobs[Name]['input'], place: JobPlace) => Pieces<Jobs[Name]['piece']>;
} = {
  // What a job needs is read when it is first asked for: most threads search, and start sooner so.
  async *search(input, place) {
    yield (await import('./window-search.ts')).foundPage(place, input);
  },
  async *count(input, place) {
    yield (await import('./window-search.ts')).countHits(place, input);
  },
  async *words(_, place) {
    yield (await import('./window-search.ts')).searchWords(place);
  },
  show: (input, place) => [shown(input, place)],
  *text({ exchange, ref }, place) {
    const record = openLog(place).exchange(exchange);
    const text = record === undefined ? undefined : textOf(record, ref);
    if (text === undefined) throw new CoreError('not-found', 'This text is gone from the log; load the session anew.');
    yield text;
  },
  async *replay(input, place) {
    yield* (await import('./window-replay.ts')).replaySteps(input, place);
  },
  async *whatIf(input, place) {
    yield* (await import('./window-what-if.ts')).whatIfSteps(input, place);
  },
  async *export(input, place) {
    yield* (await import('./window-export.ts')).exportPieces(input, place);
  },
  async *verify(_, place) {
    yield* (await import('./window-export.ts')).verifySteps(place);
  },
  async *countPurge(input, place) {
    const { purgeOwnLog } = await import('./log-maintenance.ts');
    yield { exchanges: await purgeOwnLog(place, { ...purgeFlags(input), dryRun: true }) };
  },
  async *purge(input, place) {
    const { purgeOwnLog } = await import('./log-maintenance.ts');
    yield { exchanges: await purgeOwnLog(place, purgeFlags(input)) };
  },
};

function shown(
  { session, from, with: exchange, limit }: Jobs['show']['input'],
  place: JobPlace,
): Jobs['show']['piece'] {
  const about = reading(place, undefined, (database) => {
    const row = sessionRows(database, systemClock.now())(session);
    return row === undefined ? undefined : { row, ids: exchangeIds(database, session) };
  });
  if (about === undefined) return null;
  const { row, ids } = about;
  const at = exchange === undefined ? -1 : ids.indexOf(exchange);
  const first = Math.min(from ?? Math.max(0, at), ids.length);
  const log = openLog(place);
  const known = createKnownTurns();
  const read = (id: string) => {
    const record = log.exchange(id);
    return record === undefined ? [] : [shownExchange(record, known)];
  };
  for (const id of ids.slice(Math.max(0, first - CONTEXT), first)) read(id);
  return { session: row, exchanges: ids.slice(first, first + limit).flatMap(read), first, total: ids.length };
}

function purgeFlags({ session, before }: Jobs['purge']['input']) {
  return {
    ...(session === undefined ? {} : { session }),
    ...(before === undefined ? {} : { before: new Date(before).toISOString() }),
  };
}
