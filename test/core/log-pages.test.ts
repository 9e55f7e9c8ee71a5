import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChainedRecord, LogRecord } from '../../src/contract/records.ts';
import { logPages } from '../../src/core/log-pages.ts';
import { exchangeRecord } from '../exports/records.ts';
import { closedRecord } from '../sessions/records.ts';

const hour = 3_600_000;

/** A log that holds just these; `looked` counts the records that were read. */
function logOf(records: readonly (LogRecord | null)[]) {
  const counts = { looked: 0 };
  const log = {
    *records(after = 0): Generator<ChainedRecord> {
      for (const [i, record] of records.entries()) {
        if (i + 1 <= after) continue;
        counts.looked += 1;
        yield { n: i + 1, record, digest: '', prev: '', hash: '' };
      }
    },
  };
  return { log, counts };
}

const exchange = (at: number, session = 's1', lasted = 1_000): LogRecord => ({
  kind: 'exchange',
  ...exchangeRecord({ session, startedAt: at, closed: closedRecord({ endedAt: at + lasted }) }),
});

async function numbers(
  log: Parameters<typeof logPages>[0],
  since: number,
  until: number,
  session?: string,
): Promise<number[]> {
  const found: number[] = [];
  for await (const page of logPages(log, { since, until, session }))
    found.push(...page.filter(({ record }) => record?.kind === 'exchange').map(({ proof }) => proof!.n));
  return found;
}

test('a period and a session are exactly what was asked for, wherever the log is purged or long', async () => {
  const steps = fc.array(
    fc.record({ step: fc.integer({ min: 0, max: 20 * hour }), kind: fc.constantFrom('s1', 's2', 'purged', 'gap') }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(400 * hour), fc.nat(400 * hour), async (entries, a, b) => {
      let at = 0;
      const records = entries.map(({ step, kind }): LogRecord | null => {
        at += step;
        if (kind === 'purged') return null;
        return kind === 'gap' ? { kind, from: at, to: at + 1, reason: 'off', client: null } : exchange(at, kind);
      });
      const [since, until] = [Math.min(a, b), Math.max(a, b)];
      const expected = records.flatMap((record, i) =>
        record?.kind === 'exchange' && record.startedAt >= since && record.startedAt < until && record.session === 's1'
          ? [i + 1]
          : [],
      );
      expect(await numbers(logOf(records).log, since, until, 's1')).toEqual(expected);
    }),
  );
});

test('the end of a long log is found without reading its beginning', async () => {
  const records = Array.from({ length: 20_000 }, (_, i) => exchange(i * hour));
  const { log, counts } = logOf(records);
  expect((await numbers(log, 19_990 * hour, Infinity)).length).toBe(10);
  expect(counts.looked).toBeLessThan(200);
});

test('pages are bounded', async () => {
  const { log } = logOf(Array.from({ length: 1_000 }, (_, i) => exchange(i)));
  const sizes: number[] = [];
  for await (const page of logPages(log, { since: 0, until: Infinity })) sizes.push(page.length);
  expect(sizes).toEqual([200, 200, 200, 200, 200]);
});
