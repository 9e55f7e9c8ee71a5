// Search at scale: `node test/bench/log-search.ts [exchanges | --million] [--folder DIR]`. Generates a log of exchanges of about
// 2 KB, indexes it, and prints how long searches take (all of one: open, find 50, read them, close), and the size of the files.
// A folder that is named is kept, and used again.

import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asMasked } from '../../src/base/text.ts';
import { openIndexer } from '../../src/sessions/search-indexer.ts';
import { closedRecord, findingRecord, openedRecord, verdictRecord } from '../sessions/records.ts';
import { now, openLog, page } from '../sessions/search-logs.ts';

const args = process.argv.slice(2);
const named = args.includes('--folder') ? args[args.indexOf('--folder') + 1] : undefined;
const total = args.includes('--million') ? 1_000_000 : Number(args.find((arg) => /^\d+$/.test(arg)) ?? 50_000);
const DAYS = 60;

/** The same numbers on each run. */
let state = 42;
function random(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

const COMMON =
  'the error file const return to of and function import test run git npm build import read write user'.split(' ');
const SYLLABLES = 'ka re mi to sol lan ver dex ter ram pro con qui zu fe bo ash ing tri gol'.split(' ');
const WORDS = [...COMMON];
while (WORDS.length < 30_000)
  WORDS.push(Array.from({ length: 2 + Math.floor(random() * 3) }, () => pick(SYLLABLES)).join(''));
/** As often as words are in texts: the n-th about 1/n as often as the first. */
const rank = (): number => Math.min(WORDS.length - 1, Math.floor(Math.exp(random() * Math.log(WORDS.length))) - 1);
const word = (): string => WORDS[rank()] ?? '';

function prose(length: number): string {
  let text = '';
  while (text.length < length) text += random() < 0.05 ? `${word()}_${word()}(${word()});\n` : `${word()} `;
  return text;
}

const HOSTS = [
  'api.anthropic.com',
  'api.openai.com',
  'generativelanguage.googleapis.com',
  'openrouter.ai',
  'models.rare.example',
];
const MODELS = [
  'claude-sonnet-5',
  'claude-opus-5',
  'gpt-5',
  'gpt-5-mini',
  'gpt-5-codex',
  'gemini-3-pro',
  'qwen-4-coder',
];
const PROGRAMS = ['claude', 'codex', 'gemini', 'node', 'python3'];
const RULES = [
  'aws-access-key-id',
  'aws-secret-access-key',
  'github-token',
  'gcp-api-key',
  'private-key',
  'jwt',
  'stripe-key',
];
/** Most are the first. */
const skewed = <T>(values: readonly T[]): T => values[Math.floor(random() ** 3 * values.length)] as T;

async function generate(folder: string): Promise<number> {
  const log = openLog(folder);
  let characters = 0;
  for (let i = 0; i < total;) {
    const closings: Promise<void>[] = [];
    for (let end = Math.min(total, i + 200); i < end; i++) {
      const id = `x${i.toString(36)}`;
      const program = skewed(PROGRAMS);
      const startedAt = now - DAYS * 86_400_000 * (1 - i / total);
      log.open(
        openedRecord({
          id,
          session: `s${(i / 50) | 0}`,
          startedAt,
          host: asMasked(skewed(HOSTS)),
          client: asMasked(`${program}/1.0`),
        }),
      );
      log.identity(id, {
        program: asMasked(program),
        pid: 1_000 + ((i / 500) | 0),
        user: asMasked('ada'),
        folder: asMasked(`/home/ada/code/project-${((i / 500) % 200) | 0}`),
        git: {
          root: asMasked('/home/ada/code'),
          branch: asMasked(`feature/${((i / 500) % 300) | 0}`),
          commit: null,
          remote: null,
        },
        ci: null,
      });
      const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: prose(900) }] });
      const text = prose(1_000);
      characters += body.length + text.length;
      log.request(
        id,
        { model: asMasked(skewed(MODELS)), body: asMasked(body), truncated: false, bytes: body.length },
        [],
      );
      log.pieces(id, [{ at: 1.25, channel: asMasked('text 0'), text: asMasked(text) }]);
      if (random() < 0.1) log.findings(id, [findingRecord({ rule: skewed(RULES) })]);
      if (random() < 0.01) log.verdict(id, verdictRecord());
      const state = random() < 0.03 ? 'failed' : 'done';
      const usage = { input: Math.floor(20_000 * random() ** 4), output: Math.floor(4_000 * random() ** 2) };
      closings.push(
        log.close(id, closedRecord({ state, endedAt: startedAt + Math.floor(60_000 * random() ** 4), usage })),
      );
    }
    await Promise.all(closings);
  }
  log.end();
  return characters;
}

function index(folder: string): void {
  using indexer = openIndexer(folder);
  const begun = performance.now();
  let count = 0;
  let longest = 0;
  for (;;) {
    const before = performance.now();
    const added = indexer.batch();
    longest = Math.max(longest, performance.now() - before);
    if (added === 0) break;
    count += added;
  }
  const took = performance.now() - begun;
  if (count > 0)
    console.log(
      `indexed ${count}: ${((took * 1_000) / count).toFixed(0)} µs each, longest batch ${longest.toFixed(0)} ms`,
    );
}

const rare = (): string => WORDS[2_000 + Math.floor(random() * 28_000)] ?? '';
const QUERIES: Record<string, () => string> = {
  'one field': () =>
    pick([
      `program:${pick(PROGRAMS)}`,
      `host:${pick(HOSTS)}`,
      `model:${pick(MODELS)}`,
      `rule:${pick(RULES)}`,
      'verdict:denied',
      'state:failed',
      `session:s${Math.floor((random() * total) / 50)}`,
      `folder:project-${Math.floor(random() * 200)}`,
      `branch:feature/${Math.floor(random() * 300)}`,
      `id:x${Math.floor(random() * total).toString(36)}`,
      'host:nowhere.example',
      'model:none',
    ]),
  'several fields': () =>
    pick([
      `program:${pick(PROGRAMS)} rule:aws-* model:gpt-*`,
      `state:failed host:${pick(HOSTS)} -program:claude`,
      `model:${pick(MODELS)} verdict:denied folder:project-${Math.floor(random() * 200)}`,
      `rule:*-key* branch:feature/${Math.floor(random() * 300)}`,
      `program:claude,codex finding:yes state:failed`,
    ]),
  'field and time': () => {
    const days = Math.floor(random() * DAYS);
    return pick([
      `since:${days}d rule:${pick(RULES)}`,
      `before:${days}d program:${pick(PROGRAMS)}`,
      `since:${days + 1}d before:${days}d state:failed`,
    ]);
  },
  numbers: () =>
    pick([
      `tokens:>${Math.floor(random() * 24_000)}`,
      `duration:>${Math.floor(random() * 60)}s`,
      `output:<${Math.floor(random() * 50)}`,
      `tokens:>${Math.floor(random() * 24_000)} rule:aws-*`,
      'tokens:>23900 duration:>55s',
      'duration:>1h',
    ]),
  'a common word': () => pick(COMMON),
  'a rare word': () => rare(),
  'two words': () => `${word()} ${rare()}`,
  'a phrase': () => `"${word()} ${word()}"`,
  'a phrase of rare words': () => `"${rare()} ${rare()}"`,
  'a prefix': () => `${rare().slice(0, 4 + Math.floor(random() * 3))}*`,
  'text and fields': () =>
    pick([
      `program:${pick(PROGRAMS)} ${rare()}`,
      `rule:aws-* "${word()} ${word()}"`,
      `verdict:denied ${word()} -${word()}`,
      `since:${Math.floor(random() * DAYS)}d (${rare()} OR ${rare()}) model:gpt-*`,
      `tokens:>${Math.floor(random() * 20_000)} ${rare()}`,
    ]),
};

function measure(folder: string, title: string, make: () => string): void {
  const runs: { query: string; took: number; cpu: number }[] = [];
  for (let i = 0; i < 200; i++) {
    const query = make();
    const before = process.cpuUsage();
    const begun = performance.now();
    page(folder, query);
    const took = performance.now() - begun;
    const { user, system } = process.cpuUsage(before);
    runs.push({ query, took, cpu: (user + system) / 1_000 });
  }
  // On a machine that does other things too, the processor's time says more than the clock's.
  const at = (of: 'took' | 'cpu', share: number): string => {
    const sorted = runs.map((run) => run[of]).sort((a, b) => a - b);
    return (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1).padStart(6);
  };
  const slowest = runs.reduce((a, b) => (b.cpu > a.cpu ? b : a)).query;
  const columns = (of: 'took' | 'cpu'): string => `p50 ${at(of, 0.5)}  p95 ${at(of, 0.95)}  max ${at(of, 1)}`;
  console.log(`${title.padEnd(24)} ${columns('took')} ms   processor ${columns('cpu')} ms  (${slowest})`);
}

const folder = named ?? mkdtempSync(join(tmpdir(), 'scrim-bench-'));
const size = (file: string): number => statSync(join(folder, file)).size;
if (!existsSync(join(folder, 'log.db'))) {
  const begun = performance.now();
  const characters = await generate(folder);
  const rate = (total / (performance.now() - begun)) * 1_000;
  console.log(
    `written ${total} exchanges, ${(characters / total).toFixed(0)} characters each, ${rate.toFixed(0)}/s with generating them`,
  );
  const before = performance.now();
  page(folder, rare());
  console.log(`a search before indexing: ${(performance.now() - before).toFixed(0)} ms`);
  index(folder);
  const files = (size('log.db') / characters).toFixed(2);
  const both = ((size('log.db') + size('search.db')) / characters).toFixed(2);
  console.log(`size over text: log.db ${files}, with search.db ${both}`);
} else index(folder);
for (const [title, make] of Object.entries(QUERIES)) measure(folder, title, make);
if (named === undefined) rmSync(folder, { recursive: true });
