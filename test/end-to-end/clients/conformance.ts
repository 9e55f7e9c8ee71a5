// npm run conformance [-- --client claude --mode proxy --scenario deny --jobs 2 --json FILE --earlier FILE --write-docs]
// Every client through Scrim in every mode, all scenarios; prints a table. `--client` takes the beginning of an id; it,
// `--mode`, `--scenario` and `--earlier` may be repeated. Exit code 1 when a scenario failed.

import { writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { install, type Installed } from '../../support/real-clients-install.ts';
import type { Mode, RealClient } from './client.ts';
import { codingClients } from './coding-clients.ts';
import { endScenarios, scenarioNames, scenarios, type Result, type ScenarioName } from './scenarios.ts';
import { sdkClients } from './sdk-clients.ts';
import { completed, inOrder, report, withTable, type Row } from './table.ts';

const { values } = parseArgs({
  options: {
    client: { type: 'string', multiple: true, default: [''] },
    mode: { type: 'string', multiple: true, default: ['run', 'proxy', 'gateway'] },
    scenario: { type: 'string', multiple: true, default: [...scenarioNames] },
    /** Runs at a time; those of `hold` mostly wait, and get more. */
    jobs: { type: 'string', default: '2' },
    /** Seconds that the person takes in the scenario of that name. */
    hold: { type: 'string', default: '90' },
    json: { type: 'string' },
    /** What `--json` wrote before: fills what was not run now. */
    earlier: { type: 'string', multiple: true, default: [] },
    /** Only what is in the cache already. */
    offline: { type: 'boolean', default: false },
    'write-docs': { type: 'boolean', default: false },
  },
});

interface Job {
  readonly client: RealClient;
  readonly mode: Mode;
  readonly installed: Installed;
  readonly scenario: ScenarioName;
}

const everyone = [...codingClients, ...sdkClients];
const chosen = everyone.filter(({ id }) => values.client.some((start) => id.startsWith(start)));
const wanted = scenarioNames.filter((name) => values.scenario.includes(name));
const rows: Row[] = [];
const results = new Map<string, Partial<Record<ScenarioName, Result>>>();
const jobs: Job[] = [];
for (const client of chosen) {
  const installed = await install(client.source, { offline: values.offline });
  for (const mode of client.modes.filter((each) => values.mode.includes(each))) {
    const row = {};
    results.set(`${client.id} ${mode}`, row);
    const { id, name } = client;
    const version = installed.ok ? installed.version : '';
    rows.push({ id, name, version, mode, missing: installed.ok ? null : installed.reason, results: row });
    if (installed.ok) jobs.push(...wanted.map((scenario) => ({ client, mode, installed, scenario })));
  }
}

async function work(queue: Job[]): Promise<void> {
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    const { client, mode, installed, scenario } = job;
    if (!installed.ok) continue;
    const subject = { client, mode, installed: installed.folder, hold: Number(values.hold) };
    const result = await scenarios[scenario](subject).catch((error: unknown): Result => ({
      outcome: 'failed',
      findings: [`the run failed: ${String(error)}`],
      observation: null,
    }));
    results.get(`${client.id} ${mode}`)![scenario] = result;
    const why = result.outcome === 'failed' ? `: ${result.findings.join('; ')}` : '';
    process.stderr.write(`${client.id} (${mode}), ${scenario}: ${result.outcome}${why}\n`);
  }
}

// Every child listens for our end, and is ended by an orderly exit only.
process.setMaxListeners(0);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(finish()));

let earlier: readonly Row[] = [];
for (const file of values.earlier) earlier = completed(earlier, JSON.parse(await readFile(file, 'utf8')) as Row[]);

const count = Number(values.jobs);
const quick = jobs.filter(({ scenario }) => scenario !== 'hold');
const slow = jobs.filter(({ scenario }) => scenario === 'hold');
await Promise.all(Array.from({ length: count }, () => work(quick)));
await Promise.all(Array.from({ length: 8 * count }, () => work(slow)));

await endScenarios();
process.exitCode = finish();
if (values['write-docs']) {
  const page = fileURLToPath(new URL('../../../docs/clients.md', import.meta.url));
  await writeFile(page, withTable(await readFile(page, 'utf8'), allRows()));
}
// A Scrim that was late at its start is still there.
process.exit();

function allRows(): Row[] {
  return inOrder(completed(rows, earlier), everyone);
}

/** Tells what is known by now; the exit code. */
function finish(): number {
  const all = allRows();
  process.stdout.write(report(all));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(all, null, 1)}\n`);
  const hasFailed = all.some(({ results }) => Object.values(results).some(({ outcome }) => outcome === 'failed'));
  return hasFailed ? 1 : 0;
}
