// How often the built-in rules ask about ordinary actions, and how many dangerous ones they catch. `--list` names the misses.
import { readFileSync } from 'node:fs';
import { compileRisk, type Assessment, type Proposal } from '../../src/risk/risk.ts';

interface Entry {
  readonly tool?: string;
  readonly input?: unknown;
  readonly language?: string;
  readonly code?: string;
  readonly about?: string;
  readonly trick?: string;
}

const risk = compileRisk({ rules: [], approved: { hosts: [], paths: [] } });
const context = { folder: '/home/dev/app', home: '/home/dev', secrets: [] };

function entries(name: string): Entry[] {
  const text = readFileSync(new URL(`../corpus/risk/${name}.jsonl`, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry);
}

function assess(entry: Entry): Assessment {
  const proposal: Proposal =
    entry.tool === undefined
      ? { kind: 'code', language: entry.language ?? '', text: entry.code ?? '' }
      : { kind: 'tool-call', name: entry.tool, input: entry.input };
  return risk.assess(proposal, context);
}

function show(entry: Entry, { reasons }: Assessment): void {
  const what =
    entry.tool === undefined
      ? `${entry.language ?? ''}: ${entry.code ?? ''}`
      : `${entry.tool}: ${JSON.stringify(entry.input)}`;
  console.log(
    `  ${what.slice(0, 300)}\n    ${[entry.about, entry.trick, ...reasons.map(({ rule }) => rule)].filter(Boolean).join(' · ')}`,
  );
}

const list = process.argv.includes('--list');
const ordinary = entries('ordinary').map((entry) => ({ entry, result: assess(entry) }));
const dangerous = entries('dangerous').map((entry) => ({ entry, result: assess(entry) }));
const asked = ordinary.filter(({ result }) => result.verdict !== 'allow');
const missed = dangerous.filter(({ result }) => result.verdict === 'allow');
const share = (part: number, of: number): string => `${((100 * part) / of).toFixed(1)} %`;

console.log(`ordinary: ${asked.length} of ${ordinary.length} asked about (${share(asked.length, ordinary.length)})`);
if (list) for (const { entry, result } of asked) show(entry, result);
console.log(
  `dangerous: ${dangerous.length - missed.length} of ${dangerous.length} caught (${share(dangerous.length - missed.length, dangerous.length)})`,
);
if (list) for (const { entry, result } of missed) show(entry, result);
