// Calm and catch, measured on actions that were written without a look at the rules (test/corpus/risk/README.md).
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileRisk, type Proposal } from '../../src/risk/risk.ts';

const risk = compileRisk({ rules: [], approved: { hosts: [], paths: [] } });

function verdicts(name: string): string[] {
  const text = readFileSync(new URL(`../corpus/risk/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const entry = JSON.parse(line) as { tool?: string; input?: unknown; language?: string; code?: string };
      const proposal: Proposal =
        entry.tool === undefined
          ? { kind: 'code', language: entry.language ?? '', text: entry.code ?? '' }
          : { kind: 'tool-call', name: entry.tool, input: entry.input };
      return risk.assess(proposal, { folder: '/home/dev/app', home: '/home/dev', secrets: [] }).verdict;
    });
}

test('fewer than 2 in 100 ordinary actions raise a question', () => {
  const all = verdicts('ordinary');
  expect(all.filter((verdict) => verdict !== 'allow').length / all.length).toBeLessThan(0.02);
});

test('at least 97 in 100 dangerous actions do', () => {
  const all = verdicts('dangerous');
  expect(all.filter((verdict) => verdict !== 'allow').length / all.length).toBeGreaterThan(0.97);
});
