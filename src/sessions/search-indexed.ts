// Which exchanges the index names for a query, newest first, part by part, as far as the caller goes.

import type { DatabaseSync } from 'node:sqlite';
import { SessionsError } from './errors.ts';
import { partOf, partsOf, vocabularyOf } from './search-index.ts';
import { matchExpression } from './search-match.ts';
import type { SearchQuery } from './search-query.ts';

/** Numbers below `below`. Time limits have cut off whole blocks only: the caller looks at each exchange's own time. */
export function* indexedSeqs(index: DatabaseSync, query: SearchQuery, below: number): Generator<number> {
  const [first, end] = boundsOf(index, query);
  const under = Math.min(below, end);
  for (const part of partsOf(index)) {
    if (part > partOf(under) || part < partOf(first)) continue;
    const expression = matchExpression(query.where, vocabularyOf(index, part));
    if (expression === undefined)
      throw new SessionsError('bad-query', 'Write more of the value before the first *: too many values fit.');
    const rows = index
      .prepare(
        `SELECT rowid FROM text_${part} WHERE text_${part} MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid DESC`,
      )
      .iterate(expression, first, under);
    for (const { rowid } of rows) yield Number(rowid);
  }
}

/** The rows between which all lie that began within the query's time limits; the second is the first that does not count. */
function boundsOf(index: DatabaseSync, { since, before }: SearchQuery): [first: number, end: number] {
  const row = index
    .prepare('SELECT min(first) AS first, max(last) AS last FROM block WHERE max_at >= ? AND min_at < ?')
    .get(since ?? -Infinity, before ?? Infinity);
  return row?.['first'] == null ? [0, 0] : [Number(row['first']), Number(row['last']) + 1];
}
