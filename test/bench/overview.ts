// How long the overview takes to count: `node test/bench/overview.ts [exchanges]`, 100,000 by default, over 90 days.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asMasked } from '../../src/base/text.ts';
import { createOverviewCounts } from '../../src/core/overview.ts';
import { countLog } from '../../src/core/overview-counts.ts';
import { closedRecord, findingRecord, identityRecord, openedRecord, verdictRecord } from '../sessions/records.ts';
import { now, openLog } from '../sessions/search-logs.ts';

const total = Number(process.argv[2] ?? 100_000);
const day = 86_400_000;
const folder = mkdtempSync(join(tmpdir(), 'scrim-overview-'));
const log = openLog(folder);
for (let i = 0; i < total;) {
  const closings: Promise<void>[] = [];
  for (let end = Math.min(total, i + 500); i < end; i++) {
    const id = `x${i}`;
    const startedAt = now - 90 * day * (1 - i / total);
    const client = asMasked(`${['claude-cli', 'codex', 'gemini', 'opencode'][i % 4] ?? ''}/1.${i % 9}`);
    log.open(openedRecord({ id, session: `s${(i / 50) | 0}`, startedAt, client }));
    log.identity(
      id,
      identityRecord({ pid: 1_000 + ((i / 500) | 0), git: null, folder: asMasked(`/home/ada/p${i % 40}`) }),
    );
    const body = asMasked('{"model":"m"}');
    log.request(id, { model: asMasked(`m-${i % 6}`), body, truncated: false, bytes: body.length }, []);
    log.pieces(id, [{ at: 1, channel: asMasked('text 0'), text: asMasked(`An answer of some length, number ${i}.`) }]);
    if (i % 8 === 0) log.findings(id, [findingRecord({ rule: `rule-${i % 20}`, fingerprint: `f${i % 3_000}` })]);
    if (i % 60 === 0) log.verdict(id, { ...verdictRecord(), askedAt: 0, answeredAt: i % 30_000 });
    closings.push(log.close(id, closedRecord({ endedAt: startedAt + 900 })));
  }
  await Promise.all(closings);
}
log.end();
const edges = Array.from({ length: 91 }, (_, i) => now - (90 - i) * day);
for (const days of [1, 7, 30, 90]) {
  const period = edges.slice(-days - 1);
  const before = performance.now();
  const { exchanges, findings } = countLog(folder, period);
  const counted = performance.now() - before;
  let longest = 0;
  let last = performance.now();
  const watching = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const asked = performance.now();
  await createOverviewCounts(folder).of(period);
  const answered = performance.now() - asked;
  clearInterval(watching);
  console.log(
    `${days} days: ${exchanges} exchanges, ${findings} findings counted in ${counted.toFixed(0)} ms; ` +
      `in a thread ${answered.toFixed(0)} ms, in which this thread stood still for ${longest.toFixed(0)} ms at most`,
  );
}
rmSync(folder, { recursive: true, force: true });
