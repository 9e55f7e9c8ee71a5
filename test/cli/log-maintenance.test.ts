import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openIndexer } from '../../src/sessions/search-indexer.ts';
import { openLog, tell } from '../sessions/search-logs.ts';
import { jsonLines, runScrim, type CommandResult } from '../support/scrim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
const sessions = (...words: string[]): Promise<CommandResult> =>
  runScrim(['sessions', ...words, '--data-dir', folder.path]);

beforeEach(async () => {
  folder = temporaryFolder();
  const log = openLog(join(folder.path, 'sessions'));
  await tell(log, 'x1', { text: 'a heliotrope word' });
  await tell(log, 'x2', { text: 'something else' });
  log.end();
});
afterEach(() => folder.remove());

function change(sql: string): void {
  const database = new DatabaseSync(join(folder.path, 'sessions', 'log.db'));
  database.exec(sql);
  database.close();
}

test('verify: all is well, then the exchange that somebody changed', async () => {
  const well = await sessions('verify');
  expect(well.code).toBe(0);
  expect(well.out).toContain('2 exchanges');
  change("UPDATE content SET response = 'something more' WHERE exchange = 2");
  const bad = await sessions('verify');
  expect(bad.code).toBe(1);
  expect(bad.err).toMatch(/^Record \d+ \(table exchange, row 2, exchange x2\) is damaged: /);
  const [told] = jsonLines((await sessions('verify', '--json')).out);
  expect(told).toMatchObject({ ok: false, damage: { exchange: 'x2', table: 'exchange' } });
});

test('an export is verified elsewhere', async () => {
  const file = join(folder.path, 'elsewhere.jsonl');
  const { out } = await sessions('export', '--format', 'jsonl');
  writeFileSync(file, out);
  expect((await sessions('verify', file)).code).toBe(0);
  writeFileSync(file, out.replace('heliotrope', 'sunflower'));
  const bad = await sessions('verify', file);
  expect(bad.code).toBe(1);
  expect(bad.err).toMatch(/^Record \d+ \(line \d+, exchange x1\) is damaged: /);
  const none = await sessions('verify', join(folder.path, 'none.jsonl'));
  expect(none.code).toBe(1);
  expect(none.err).toContain('Name a readable file');
});

test('purge: what a query finds is gone from every file, and the chain holds', async () => {
  const logFolder = join(folder.path, 'sessions');
  {
    using indexer = openIndexer(logFolder);
    while (indexer.batch() > 0);
  }
  const filesWithIt = (): string[] =>
    readdirSync(logFolder).filter((name) => readFileSync(join(logFolder, name)).includes('heliotrope'));
  expect(filesWithIt()).toEqual(['log.db', 'search.db']);
  expect((await sessions('purge')).code).toBe(2);
  expect((await sessions('purge', '--query', 'heliotrope', '--dry-run')).out).toContain('1 exchanges would be deleted');
  const { out } = await sessions('purge', '--query', 'heliotrope', '--json');
  expect(jsonLines(out)).toEqual([{ purged: 1, dryRun: false }]);
  expect(filesWithIt()).toEqual([]);
  const verified = await sessions('verify');
  expect(verified.code).toBe(0);
  expect(verified.out).toContain('1 exchanges among them; the content of 1 was deleted');
});
