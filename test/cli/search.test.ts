import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SearchHit } from '../../src/sessions/search.ts';
import { verdictRecord } from '../sessions/records.ts';
import { openLog, tell } from '../sessions/search-logs.ts';
import { jsonLines, runScrim, type CommandResult } from '../support/scrim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
const search = (...words: string[]): Promise<CommandResult> =>
  runScrim(['sessions', 'search', '--data-dir', folder.path, ...words]);

beforeAll(async () => {
  const log = openLog(join(folder.path, 'sessions'));
  await tell(log, 'x0', { text: 'terraform destroy, at once' });
  await tell(log, 'x1', { text: 'destroy terraform \u001b[31mred', verdicts: [verdictRecord()] });
  await tell(log, 'x2', { text: 'a dry-run --force' });
  log.end();
});
afterAll(() => folder.remove());

test('hits for people, what was found marked, and nothing that steers a terminal', async () => {
  const { code, out } = await search('terraform', 'verdict:denied');
  expect(code).toBe(0);
  expect(out).toMatch(/^x1 {2}.*denied.*git-force-push\n {4}text 0: destroy «terraform» ·\[31mred\n$/);
});

test('quotes of the shell are a phrase still', async () => {
  expect((await search('terraform destroy')).out).toMatch(/^x0 .*\n {4}text 0: «terraform destroy», at once\n$/);
});

test('one JSON object per hit, newest first, page by page', async () => {
  const first = await search('--json', '--limit', '1', 'terraform');
  const [hit, ...more] = jsonLines<SearchHit>(first.out);
  expect(more).toEqual([]);
  expect(hit).toMatchObject({ id: 'x1', verdicts: ['denied'], snippet: { where: 'text 0', marks: [[8, 17]] } });
  expect(first.err).toContain(`--cursor ${hit?.cursor ?? '?'}`);
  const second = await search('--json', '--cursor', hit?.cursor ?? '', 'terraform');
  expect(jsonLines(second.out)).toMatchObject([{ id: 'x0' }]);
  expect(second.err).toBe('');
});

test('a minus excludes, and is no option', async () => {
  expect((await search('-terraform')).out).toMatch(/^x2 /);
  expect((await search('"--force"')).out).toMatch(/^x2 /);
});

test('nothing found is no failure', async () => {
  expect(await search('zebra')).toMatchObject({ code: 0, out: '', err: 'Nothing was found.\n' });
});

test.each([
  [['progam:claude'], 'Did you mean "program"?'],
  [['a', 'since:soon'], 'Character 3 of the query'],
  [['--limt', '3', 'a'], 'There is no option --limt'],
  [['--limit', '0', 'a'], '--limit'],
  [['--cursor', '!', 'a'], 'cursor'],
  [[], 'query'],
])('%j: wrong usage', async (words, message) => {
  const result = await search(...words);
  expect(result).toMatchObject({ code: 2, out: '' });
  expect(result.err).toContain(message);
});
