import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import { csvHead, csvRow } from '../../src/exports/csv.ts';
import { anyExported, exchangeRecord } from './records.ts';

/** RFC 4180, strictly: what is not allowed there throws. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) throw new Error('not RFC 4180');
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  if (row.length > 0) throw new Error('the last line has no end');
  return rows;
}

const columns = parseCsv(csvHead)[0]!;

function asObject(text: string): Record<string, string> {
  const [cells] = parseCsv(text);
  return Object.fromEntries(columns.map((name, i) => [name, cells?.[i] ?? 'missing']));
}

test('whatever the texts are, every row has every column, and no cell is a formula', () => {
  fc.assert(
    fc.property(anyExported(), (exchange) => {
      const rows = parseCsv(csvRow(exchange));
      expect(rows.length).toBe(1);
      expect(rows[0]!.length).toBe(columns.length);
      for (const cell of rows[0]!) expect(cell).not.toMatch(/^[\s\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u);
    }),
  );
});

test('cells say what the record says, and a neutralised one differs by its apostrophe alone', () => {
  const record = exchangeRecord({ client: asMasked('=cmd|"/c calc"!A1') });
  expect(asObject(csvRow({ record, proof: null }))).toMatchObject({
    started: '2026-09-21T14:13:20.000Z',
    client: `'=cmd|"/c calc"!A1`,
    url: 'https://api.openai.com/v1/chat/completions',
    program: 'claude',
    user: 'ada',
    project: 'git.example.com/shop',
    branch: 'main',
    model: 'gpt-5',
    input_tokens: '11',
    output_tokens: '22',
    severity: 'high',
    rules: 'aws-access-key-id git-force-push',
    verdicts: 'denied Bash',
    answered_by: 'dialog',
    waited_ms: '4000',
    notes: 'not now',
    hash: '',
  });
});

test('the texts themselves are not in it', () => {
  const record = exchangeRecord();
  const row = csvRow({ record, proof: null });
  expect(row).not.toContain(record.channels[0]!.text);
  expect(row).not.toContain(record.request!.body!);
});
