// Search without the index: documents are put into a small one in memory, so that a query means the same there.

import { DatabaseSync } from 'node:sqlite';
import type { ExchangeRecord } from '../contract/records.ts';
import { makePart, vocabularyOf } from './search-index.ts';
import { matchExpression, type Vocabulary } from './search-match.ts';
import type { Condition } from './search-query.ts';
import { documentOf } from './search-terms.ts';

export interface Scan extends Disposable {
  /** The places of those records that the condition is true of, in their order. */
  matching(records: readonly ExchangeRecord[]): number[];
}

export function openScan(where: Condition | null): Scan {
  const memory = new DatabaseSync(':memory:');
  makePart(memory, 0);
  const add = memory.prepare('INSERT INTO text_0 (rowid, text) VALUES (?, ?)');
  const match = memory.prepare('SELECT rowid FROM text_0 WHERE text_0 MATCH ? ORDER BY rowid');
  const clear = memory.prepare("INSERT INTO text_0 (text_0) VALUES ('delete-all')");
  const { has, terms } = vocabularyOf(memory, 0);
  // Of a few exchanges there are never too many.
  const vocabulary: Vocabulary = { has, terms: (start) => terms(start, Number.MAX_SAFE_INTEGER - 1) };
  return {
    matching(records) {
      memory.exec('BEGIN');
      for (const [i, record] of records.entries()) add.run(i + 1, documentOf(record));
      memory.exec('COMMIT');
      const expression = matchExpression(where, vocabulary);
      const places = expression === undefined ? [] : match.all(expression).map(({ rowid }) => Number(rowid) - 1);
      clear.run();
      return places;
    },
    [Symbol.dispose]: () => memory.close(),
  };
}
