// Rows of which no record speaks: somebody added them.

import type { DatabaseSync } from 'node:sqlite';
import type { Damage } from './verify-range.ts';

const queries: readonly (readonly [table: string, sql: string])[] = [
  [
    'exchange',
    `SELECT seq AS row, id FROM exchange WHERE seq NOT BETWEEN 1 AND ? AND state <> 'open'
       AND NOT EXISTS (SELECT 1 FROM chain WHERE exchange = exchange.seq) ORDER BY seq LIMIT 1`,
  ],
  ...['content', 'finding', 'verdict'].map((table): [string, string] => [
    table,
    `SELECT exchange AS row, NULL AS id FROM ${table} WHERE ? IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM exchange WHERE seq = ${table}.exchange) ORDER BY exchange LIMIT 1`,
  ]),
  [
    'piece',
    `SELECT seq AS row, NULL AS id FROM piece WHERE ? IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM exchange WHERE seq = piece.exchange AND state = 'open') ORDER BY seq LIMIT 1`,
  ],
];

/** `before`: exchanges up to this row number were there before the chain began. */
export function strayRow(database: DatabaseSync, before: number): Damage | null {
  for (const [table, sql] of queries) {
    const row = database.prepare(sql).get(before) as { row: number; id: string | null } | undefined;
    if (row !== undefined) return { n: 0, table, row: row.row, exchange: row.id, what: 'no record speaks of this row' };
  }
  return null;
}
