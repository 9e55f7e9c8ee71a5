// The log for the window. What takes long is done in threads; the list is read here, with pauses for the traffic.

import { join } from 'node:path';
import type { SessionRow } from '../../contract/sessions.ts';
import { openForReading } from '../../sessions/database.ts';
import { sessionDays, sessionIds, sessionRows } from '../../sessions/session-list.ts';
import { createWindowJobs, type Jobs, type JobName } from '../window-jobs.ts';
import type { CoreParts } from './parts.ts';
import { os } from './implementer.ts';

/** Recorded exchanges that come closer together than this are told as one, in milliseconds. */
const settleTime = 300;
/** The traffic waits no longer than this. */
const turnMs = 8;

export function sessionsProcedures({ places, options, log, clock, events }: CoreParts) {
  const folder = join(places.dataFolder, 'sessions');
  const jobs = createWindowJobs({ dataDir: places.dataFolder, env: { ...options.env } });
  const one = <Name extends JobName>(job: Name, input: Jobs[Name]['input'], signal: AbortSignal | undefined) => {
    // Threads see what is written, not what is about to be.
    log.flush();
    return jobs.one(job, input, signal);
  };
  const many = <Name extends JobName>(job: Name, input: Jobs[Name]['input'], signal: AbortSignal | undefined) => {
    log.flush();
    return jobs.run(job, input, signal);
  };

  return {
    days: os.sessions.days.handler(() => {
      log.flush();
      jobs.warm();
      const until = clock.now();
      using database = openForReading(folder);
      return database === undefined ? { days: [], total: 0, until } : sessionDays(database, until);
    }),
    list: os.sessions.list.handler(async ({ input, signal }) => {
      using database = openForReading(folder);
      if (database === undefined) return [];
      const rowOf = sessionRows(database, clock.now());
      const rows: SessionRow[] = [];
      let begun = performance.now();
      for (const id of sessionIds(database, input)) {
        const row = rowOf(id);
        if (row !== undefined) rows.push(row);
        if (performance.now() - begun < turnMs) continue;
        await new Promise((resolve) => setImmediate(resolve));
        if (signal?.aborted === true) break;
        begun = performance.now();
      }
      return rows;
    }),
    watch: os.sessions.watch.handler(async function* ({ signal }) {
      for await (const event of events(signal)) {
        if (event.event !== 'exchange') continue;
        yield { session: event.session };
        await new Promise<void>((resolve) => clock.after(settleTime, resolve));
      }
    }),
    search: os.sessions.search.handler(({ input, signal }) => one('search', input, signal)),
    count: os.sessions.count.handler(({ input, signal }) => one('count', input, signal)),
    words: os.sessions.words.handler(({ signal }) => one('words', {}, signal)),
    show: os.sessions.show.handler(({ input, signal }) => one('show', input, signal)),
    sessionOf: os.sessions.sessionOf.handler(({ input }) => ({
      session: log.exchange(input.exchange)?.session ?? null,
    })),
    text: os.sessions.text.handler(({ input, signal }) => one('text', input, signal)),
    replay: os.sessions.replay.handler(({ input, signal }) => many('replay', input, signal)),
    whatIf: os.sessions.whatIf.handler(({ input, signal }) => many('whatIf', input, signal)),
    export: os.sessions.export.handler(({ input, signal }) => many('export', input, signal)),
    verify: os.sessions.verify.handler(({ signal }) => many('verify', {}, signal)),
    countPurge: os.sessions.countPurge.handler(({ input, signal }) => one('countPurge', input, signal)),
    // Not ended when its asker goes: what was begun is brought to its end.
    purge: os.sessions.purge.handler(({ input }) => one('purge', input, undefined)),
  };
}
