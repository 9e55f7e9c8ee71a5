// A report of a made-up month, to test with and to look at.

import { asMasked } from '../../src/base/text.ts';
import type { ExchangeRecord } from '../../src/contract/records.ts';
import type { Report, ReportProof } from '../../src/exports/report/report.ts';
import { reportTotals } from '../../src/exports/report/totals.ts';
import { closedRecord, findingRecord, verdictRecord } from '../sessions/records.ts';
import { exchangeRecord, exported } from './records.ts';

const day = 86_400_000;
export const monthStart = Date.UTC(2026, 9, 20);

export const goodProof: ReportProof = {
  damage: null,
  records: 1_240,
  exchanges: 1_200,
  purged: 12,
  unproven: 0,
  head: 'c0ffee'.repeat(10) + 'abcd',
  signedAnchors: 12,
  keys: ['9f'.repeat(32)],
};

export const about: Report['about'] = {
  version: '0.1.0',
  machine: 'laptop-7',
  madeAt: monthStart + 31 * day,
  since: monthStart,
  until: monthStart + 31 * day,
};

/** Deterministic, and uneven as real months are. */
export function monthOfRecords(): ExchangeRecord[] {
  const records: ExchangeRecord[] = [];
  for (let i = 0; i < 1_200; i++) {
    const wave = Math.floor(((i * 7919) % 1_000) ** 1.5);
    const startedAt = monthStart + (wave % 31) * day + ((i * 104_729) % day);
    const project = ['git.example.com/shop', 'git.example.com/payments', '/home/ada/notes'][
      i % 3 === 0 ? 1 : i % 7 === 0 ? 2 : 0
    ]!;
    records.push(
      exchangeRecord({
        id: `x${i}`,
        session: `s${i % 61}`,
        startedAt,
        client: asMasked('claude-cli/2.1'),
        host: asMasked(i % 4 === 0 ? 'api.openai.com' : 'api.anthropic.com'),
        state: i % 97 === 0 ? 'failed' : 'done',
        request: {
          model: asMasked(i % 4 === 0 ? 'gpt-5.2' : i % 5 === 0 ? 'claude-haiku-4-5' : 'claude-opus-4-8'),
          body: null,
          truncated: false,
          bytes: 9_000,
        },
        closed: closedRecord({
          endedAt: startedAt + 4_000,
          usage: { input: 1_200 + (i % 900), output: 300 + (i % 400) },
          ...(i % 97 === 0
            ? { state: 'failed', failure: 'upstream-lost', reason: asMasked('The provider ended early.') }
            : {}),
        }),
        identity: {
          program: asMasked(['claude', 'codex', 'opencode'][i % 4 === 0 ? 1 : i % 11 === 0 ? 2 : 0]!),
          pid: 100 + (i % 61),
          user: asMasked('ada'),
          folder: asMasked('/home/ada'),
          git: { root: asMasked('/home/ada'), branch: asMasked('main'), commit: null, remote: asMasked(project) },
          ci: null,
        },
        findings:
          i % 9 === 0
            ? [
                findingRecord({ rule: ['aws-access-key-id', 'github-token', 'private-key', 'jwt'][i % 4]! }),
                ...(i % 5 === 0 ? [findingRecord({ rule: 'database-url', severity: 'medium' })] : []),
              ]
            : [],
        verdicts:
          i % 83 === 0
            ? [
                {
                  ...verdictRecord(),
                  verdict: i % 2 === 0 ? 'denied' : 'allowed',
                  by: i % 166 === 0 ? 'dialog' : 'terminal',
                  note: asMasked(
                    i % 2 === 0 ? 'We never force-push to main; open a pull request.' : 'Reviewed with Bob.',
                  ),
                  action: asMasked(
                    i % 3 === 0
                      ? 'curl -s https://get.example.com/install.sh | sudo bash -s -- --yes'
                      : 'git push --force origin main',
                  ),
                  askedAt: 900,
                  answeredAt: 900 + 1_000 * ((i % 50) + 2),
                },
              ]
            : [],
      }),
    );
  }
  return records;
}

export function monthReport(proof = goodProof): Report {
  const totals = reportTotals();
  for (const record of monthOfRecords()) totals.add(exported(record));
  totals.add({
    record: {
      kind: 'gap',
      from: monthStart + 4 * day,
      to: monthStart + 4 * day + 5_400_000,
      reason: 'off',
      client: null,
    },
    proof: null,
  });
  totals.add({
    record: {
      kind: 'gap',
      from: monthStart + 11 * day,
      to: monthStart + 11 * day + 840_000,
      reason: 'bypass',
      client: asMasked('cursor'),
    },
    proof: null,
  });
  return totals.report({ about, proof });
}
