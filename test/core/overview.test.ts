import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import { createAddedTime } from '../../src/core/overview-added.ts';
import { createOverviewCounts, sizeOfLog } from '../../src/core/overview.ts';
import { countLog } from '../../src/core/overview-counts.ts';
import { findingRecord, identityRecord, verdictRecord } from '../sessions/records.ts';
import { now, openLog, tell } from '../sessions/search-logs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folders: { remove(): void }[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});
function newFolder(): string {
  const folder = temporaryFolder();
  folders.push(folder);
  return folder.path;
}

const hour = 3_600_000;
/** Two columns of an hour. */
const edges = [now - 2 * hour, now - hour, now];

test('counts what began in the period, by column, client, project and provider', async () => {
  const folder = newFolder();
  const log = openLog(folder);
  await tell(log, 'x1', {
    opened: { startedAt: now - 2 * hour, client: asMasked('claude-cli/2.1'), host: asMasked('api.anthropic.com') },
    identity: identityRecord(),
    model: 'claude-opus-5',
    findings: [findingRecord({ severity: 'critical' }), findingRecord({ fingerprint: 'ffff' })],
    closed: { usage: { input: 100, output: 20 }, headAfter: 300 },
  });
  await tell(log, 'x2', {
    opened: { startedAt: now - 1, client: asMasked('claude-cli/2.2') },
    closed: { state: 'failed', usage: null, headAfter: 500 },
  });
  await tell(log, 'before', { opened: { startedAt: now - 2 * hour - 1 }, findings: [findingRecord()] });
  await tell(log, 'after', { opened: { startedAt: now }, findings: [findingRecord()], verdicts: [verdictRecord()] });
  log.end();

  const overview = await createOverviewCounts(folder).of(edges);
  expect(overview).toMatchObject({
    exchanges: 2,
    failed: 1,
    findings: 2,
    withFindings: 1,
    held: 0,
    tokens: { input: 100, output: 20 },
    overTime: {
      exchanges: [1, 1],
      failed: [0, 1],
      findings: { critical: [1, 0], high: [1, 0], other: [0, 0] },
      tokens: { input: [100, 0], output: [20, 0] },
    },
    rules: [{ rule: 'aws-access-key-id', findings: 2, values: 2, exchanges: 1 }],
    clients: [{ name: 'claude-cli', query: 'client:claude-cli', exchanges: 2, findings: 2 }],
    projects: [{ name: '/home/ada/tea', query: '(repo:/home/ada/tea OR folder:/home/ada/tea)', exchanges: 1 }],
    tokensBy: [{ client: 'claude-cli', model: 'claude-opus-5', input: 100, output: 20 }],
    provider: { count: 2, median: 300, high: 500 },
    waits: null,
  });
  expect(overview.providers.map(({ query }) => query)).toEqual(['host:api.anthropic.com', 'host:api.openai.com']);
});

test('verdicts by rule: answered, not answered in time, only observed', async () => {
  const folder = newFolder();
  const log = openLog(folder);
  await tell(log, 'x1', {
    opened: { startedAt: now - 1 },
    verdicts: [
      { ...verdictRecord(), askedAt: 100, answeredAt: 2_100 },
      { ...verdictRecord(), verdict: 'allowed', askedAt: 0, answeredAt: 1_000 },
      { ...verdictRecord(), by: 'deadline', askedAt: 0, answeredAt: 9_000 },
      { ...verdictRecord(), verdict: 'would-ask', by: 'policy' },
      { ...verdictRecord(), verdict: 'lost', by: 'lost' },
    ],
  });
  log.end();
  const overview = countLog(folder, edges);
  expect(overview.verdicts).toEqual([
    { rule: 'git-force-push', allowed: 1, denied: 1, unanswered: 1, would: 1, lost: 1 },
  ]);
  expect(overview).toMatchObject({
    held: 3,
    overTime: { verdicts: { allowed: [0, 1], denied: [0, 1], unanswered: [0, 1], would: [0, 1] } },
    waits: { count: 3, median: 2_000, high: 9_000 },
  });
});

test('a name that no query can say has none', async () => {
  const folder = newFolder();
  const log = openLog(folder);
  await tell(log, 'x1', { opened: { startedAt: now - 1, client: asMasked('bad"name*') } });
  await tell(log, 'x2', { opened: { startedAt: now - 1, host: asMasked('two words') } });
  log.end();
  const { clients, providers } = countLog(folder, edges);
  expect(clients.find(({ name }) => name.startsWith('bad'))?.query).toBeNull();
  expect(providers.find(({ name }) => name === 'two words')?.query).toBe('host:"two words"');
});

test('no log yet counts as an empty one', () => {
  expect(countLog(join(newFolder(), 'none'), edges)).toMatchObject({
    exchanges: 0,
    overTime: { exchanges: [0, 0] },
    rules: [],
    provider: null,
  });
});

test('the size of the log is that of its files', async () => {
  const folder = newFolder();
  expect(await sizeOfLog(folder)).toEqual({ log: 0, index: 0 });
  const log = openLog(folder);
  await tell(log, 'x1');
  log.end();
  expect((await sizeOfLog(folder)).log).toBeGreaterThan(8_000);
});

test('what Scrim adds: the middle and the high one of what was measured', () => {
  const added = createAddedTime(5);
  expect(added.summary()).toBeNull();
  for (let i = 1; i <= 100; i++) added.add(i);
  expect(added.summary()).toEqual({ since: 5, exchanges: 100, median: 50, high: 95 });
});
