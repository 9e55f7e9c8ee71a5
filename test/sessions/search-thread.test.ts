import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { indexFile } from '../../src/sessions/search-index.ts';
import { startSearchThread } from '../../src/sessions/search-thread.ts';
import { found, openLog, page, tell } from './search-logs.ts';
import { temporaryFolder } from './temporary-folder.ts';

const noFailure = (error: Error): void => {
  throw error;
};

test('what an earlier run left is indexed in the background, while the log is written', async () => {
  const folder = temporaryFolder();
  const log = openLog(folder);
  for (let i = 0; i < 300; i++) await tell(log, `x${i}`, { text: 'word' });
  const thread = startSearchThread(folder, noFailure);
  await vi.waitUntil(async () => {
    await tell(log, `y${Math.random()}`, { text: 'other' });
    thread.recorded();
    return page(folder, 'word').unindexed < 100;
  }, 20_000);
  expect(found(folder, 'word')).toHaveLength(300);
  await thread.end();
  log.end();
});

test('without a log nothing is made', async () => {
  const folder = join(temporaryFolder(), 'none');
  const thread = startSearchThread(folder, noFailure);
  await thread.end();
  expect(existsSync(indexFile(folder))).toBe(false);
});
