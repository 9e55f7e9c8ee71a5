// Logs to search in tests, and the pages of a search.

import { asMasked } from '../../src/base/text.ts';
import type {
  ExchangeClosed,
  ExchangeOpened,
  RecordedFinding,
  RecordedIdentity,
  RecordedVerdict,
} from '../../src/contract/records.ts';
import { openIndexer } from '../../src/sessions/search-indexer.ts';
import { parseQuery, type SearchQuery } from '../../src/sessions/search-query.ts';
import { searchLog, type SearchOptions, type SearchPage } from '../../src/sessions/search.ts';
import { openSessionLog, type SessionLog } from '../../src/sessions/sessions.ts';
import { closedRecord, openedRecord } from './records.ts';

export const now = 1_790_000_000_000;
export const clock = { now: () => now };

export function openLog(folder: string): SessionLog {
  return openSessionLog({
    folder,
    clock,
    onFailure(error) {
      throw error;
    },
  });
}

export interface Told {
  readonly opened?: Partial<ExchangeOpened>;
  readonly closed?: Partial<ExchangeClosed>;
  readonly model?: string;
  readonly body?: string;
  readonly text?: string;
  readonly findings?: readonly RecordedFinding[];
  readonly verdicts?: readonly RecordedVerdict[];
  readonly identity?: RecordedIdentity;
  /** Leave it open. */
  readonly open?: true;
}

export async function tell(log: SessionLog, id: string, told: Told = {}): Promise<void> {
  log.open(openedRecord({ id, startedAt: now - 1_000, ...told.opened }));
  if (told.identity !== undefined) log.identity(id, told.identity);
  const body = asMasked(told.body ?? '{}');
  log.request(
    id,
    { model: asMasked(told.model ?? 'gpt-5'), body, truncated: false, bytes: body.length },
    told.findings ?? [],
  );
  log.pieces(id, [{ at: 1, channel: asMasked('text 0'), text: asMasked(told.text ?? 'Hello') }]);
  for (const verdict of told.verdicts ?? []) log.verdict(id, verdict);
  if (told.open === undefined) await log.close(id, closedRecord({ endedAt: now, ...told.closed }));
  else log.flush();
}

/** Indexes all there is. */
export function indexAll(folder: string): void {
  using indexer = openIndexer(folder);
  while (indexer.batch() > 0);
}

export function queryOf(text: string): SearchQuery {
  const parsed = parseQuery(text, { now, suggest: () => '' });
  if ('problem' in parsed) throw new Error(parsed.problem.message);
  return parsed.query;
}

export function page(folder: string, query: string, options?: SearchOptions): SearchPage {
  return searchLog({ folder, clock }, queryOf(query), options);
}

export function found(folder: string, query: string): string[] {
  return page(folder, query, { limit: 1_000 }).hits.map(({ id }) => id);
}
