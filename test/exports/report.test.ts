import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import { htmlReport } from '../../src/exports/report/html.ts';
import { markdownReport } from '../../src/exports/report/markdown.ts';
import { pdfReport } from '../../src/exports/report/pdf.ts';
import { reportTotals } from '../../src/exports/report/totals.ts';
import { isThere } from '../certificates/real-program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { anyRecord, exchangeRecord, exported } from './records.ts';
import { about, goodProof, monthOfRecords, monthReport, monthStart } from './reports.ts';
import type { ExchangeRecord } from '../../src/contract/records.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

function reportOf(records: readonly ExchangeRecord[], proof = goodProof) {
  const totals = reportTotals();
  for (const record of records) totals.add(exported(record));
  return totals.report({ about, proof });
}

describe('totals', () => {
  test('agree with the records, however they are grouped', () => {
    const records = monthOfRecords();
    const report = monthReport();
    const findings = records.reduce((sum, record) => sum + record.findings.length, 0);
    const tokens = records.reduce((sum, record) => sum + (record.closed?.usage?.input ?? 0), 0);
    expect(report.totals).toMatchObject({ exchanges: records.length, findings, inputTokens: tokens, sessions: 61 });
    for (const groups of [report.days, report.clients, report.projects, report.models, report.hosts]) {
      expect(groups.reduce((sum, { exchanges }) => sum + exchanges, 0)).toBe(records.length);
      expect(groups.reduce((sum, group) => sum + group.findings, 0)).toBe(findings);
      expect(groups.reduce((sum, { inputTokens }) => sum + inputTokens, 0)).toBe(tokens);
    }
    expect(report.rules.filter((rule) => rule.about === 'masking').reduce((sum, { count }) => sum + count, 0)).toBe(
      findings,
    );
    expect(report.verdicts.allowed + report.verdicts.denied).toBe(report.approvals.length);
    expect(report.gaps.map(({ reason }) => reason)).toEqual(['off', 'bypass']);
  });

  test('waiting times: the median of those who waited, and the longest', () => {
    const waiting = (seconds: number) =>
      exchangeRecord({ verdicts: [{ ...exchangeRecord().verdicts[0]!, askedAt: 0, answeredAt: seconds * 1_000 }] });
    const report = reportOf([waiting(1), waiting(2), waiting(9), exchangeRecord({ verdicts: [] })]);
    expect(report.waiting).toEqual({ asked: 3, median: 2_000, longest: 9_000 });
  });

  test('lists are bounded: what does not fit is added up under "all others", and said', () => {
    const records = Array.from({ length: 2_000 }, (_, i) =>
      exchangeRecord({ id: `x${i}`, host: asMasked(`host-${i}.example.com`) }),
    );
    const report = reportOf(records);
    expect(report.hosts.length).toBe(26);
    expect(report.hosts.at(-1)).toMatchObject({ name: null, exchanges: 1_975 });
    expect(report.approvals.length).toBe(500);
    expect(report.approvalsLeftOut).toBe(1_500);
    expect(markdownReport(report)).toContain('1,500 older ones are left out');
  });
});

test('the proof: whole, damaged with the record, or nothing to prove', () => {
  const damage = { n: 41, exchange: 'x40', what: 'its content is not what was recorded' };
  for (const [proof, words, state] of [
    [goodProof, 'All 1,240 records of the log were verified', 'proven'],
    [{ ...goodProof, damage }, 'record 41 (exchange x40) on: its content is not what was recorded', 'damaged'],
    [{ ...goodProof, records: 0 }, 'no record that could be verified', 'empty'],
  ] as const) {
    const html = htmlReport(reportOf([], proof));
    expect(html).toContain(words);
    expect(html).toContain(`class="proof ${state}"`);
    expect(html).toContain(goodProof.head);
  }
});

describe('html', () => {
  /** What a parser of HTML finds: names of elements and of their attributes. */
  const markup = (html: string): string[] =>
    [...html.matchAll(/<\/?([a-z0-9]+)([^<>]*)>/gi)].map((tag) => tag[1]!.toLowerCase());

  test('loads nothing, runs nothing, and says so to the browser', () => {
    const html = htmlReport(monthReport());
    expect(html).toMatch(/Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[^']+'/);
    expect(html).not.toMatch(
      /<(script|img|iframe|link|object|embed|form|a)\b|\bsrc=|\bhref=|url\(|@import| style=| on\w+=/i,
    );
  });

  test('no text of a record becomes markup', () => {
    const plain = new Set(markup(htmlReport(monthReport())));
    fc.assert(
      fc.property(anyRecord, (record) => {
        const html = htmlReport(reportOf([record]));
        expect([...new Set(markup(html))].filter((name) => !plain.has(name))).toEqual([]);
        // Every < is one of ours: it begins a tag, its end, or the doctype.
        expect(html.replace(/<(\/?[a-z0-9]+( [^<>]*)?|!doctype html)>/gi, '')).not.toMatch(/[<>]/);
      }),
      { numRuns: 60 },
    );
  });

  test('a hostile name stays a name', () => {
    const evil = asMasked('"><svg onload=alert(1)><script>alert(2)</script>');
    const html = htmlReport(reportOf([exchangeRecord({ host: evil })]));
    expect(html).toContain('&quot;&gt;&lt;svg onload=alert(1)&gt;&lt;script&gt;');
  });
});

describe('markdown', () => {
  test('no text of a record makes a link, a table cell or HTML', () => {
    const evil = asMasked('x | y [z](https://evil.example) <b> `code` \n# h');
    const text = markdownReport(
      reportOf([exchangeRecord({ host: evil, verdicts: [{ ...exchangeRecord().verdicts[0]!, note: evil }] })]),
    );
    // What is left of it is text: escaped, or in a code span.
    const outside = text.replace(/`[^`\n]*`/g, '');
    expect(outside).not.toMatch(/\]\(http|<b>|https?:/);
    expect(text).toContain('<code>x &#124; y \\[z\\]');
    expect(text.split('\n').filter((line) => line.startsWith('# ')).length).toBe(1);
  });

  test('every row of a table has as many cells as its head', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        let columns = 0;
        for (const line of markdownReport(reportOf([record])).split('\n')) {
          const cells = line.startsWith('|') ? line.split('|').length : 0;
          if (cells > 0 && columns > 0) expect(cells).toBe(columns);
          columns = cells;
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('pdf', () => {
  const hasTools = isThere('pdftotext', '-v') && isThere('pdfinfo', '-v');
  if (!hasTools) console.log('report: pdf tests skipped, pdftotext is not installed (Debian: poppler-utils).');

  describe.skipIf(!hasTools && process.env['SCRIM_CI'] === undefined)('read by poppler', () => {
    const read = async (report: Parameters<typeof pdfReport>[0]) => {
      const file = join(folder.path, 'report.pdf');
      writeFileSync(file, await pdfReport(report));
      const info = spawnSync('pdfinfo', [file]);
      expect(info.stderr.toString()).toBe('');
      return { text: spawnSync('pdftotext', ['-layout', file, '-']).stdout.toString(), info: info.stdout.toString() };
    };

    test('holds what the other formats hold', async () => {
      const { text, info } = await read(monthReport());
      for (const words of [
        '1,240 records of the log were verified',
        'git.example.com/payments',
        'aws-access-key-id',
        'Reviewed with Bob.',
      ])
        expect(text).toContain(words);
      expect(info).toContain('JavaScript:      no');
      expect(info).toMatch(/Pages: +3/);
      expect(text).toContain('page 3 of 3');
    });

    test('any record gives a sound file; letters that the fonts lack are written as code points', async () => {
      const odd = exchangeRecord({
        host: asMasked('日本.example'),
        verdicts: [{ ...exchangeRecord().verdicts[0]!, action: asMasked('x'.repeat(50_000)) }],
      });
      const { text } = await read(reportOf([odd]));
      expect(text).toContain('{U+65E5}');
      const records = fc.sample(anyRecord, { numRuns: 25, seed: 7 });
      expect((await read(reportOf(records))).text).toContain('Model traffic report');
    });
  });
});

test('the period is told as it was asked for', () => {
  expect(markdownReport(monthReport())).toContain('2026-10-20 00:00 to 2026-11-20 00:00 UTC');
  expect(monthStart).toBe(about.since);
});
