// How long one assessment takes, warmed up: the best of three calls in a row, so that other programs of a busy machine do
// not count. Commands of about 1 KB (some 30 programs each), the whole corpus, and the worst inputs we know.
import { readFileSync } from 'node:fs';
import { compileRisk, type Proposal } from '../../src/risk/risk.ts';

const risk = compileRisk({ rules: [], approved: { hosts: [], paths: [] } });
const context = { folder: '/home/dev/app', home: '/home/dev', secrets: [] };

function bash(command: string): Proposal {
  return { kind: 'tool-call', name: 'Bash', input: { command, description: 'x' } };
}

function quantile(sorted: readonly number[], q: number): string {
  return `${((sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0) * 1_000).toFixed(0)} µs`;
}

function measure(name: string, proposals: readonly Proposal[], rounds: number): void {
  for (let i = 0; i < rounds / 2; i++) for (const proposal of proposals) risk.assess(proposal, context);
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    for (const proposal of proposals) {
      let best = Infinity;
      for (let call = 0; call < 3; call++) {
        const from = performance.now();
        risk.assess(proposal, context);
        best = Math.min(best, performance.now() - from);
      }
      times.push(best);
    }
  }
  times.sort((a, b) => a - b);
  console.log(
    `${name.padEnd(34)} p50 ${quantile(times, 0.5).padStart(8)}  p99 ${quantile(times, 0.99).padStart(8)}  max ${quantile(times, 1).padStart(9)}  (${times.length})`,
  );
}

const lines = [
  'cd packages/api && npm run build -- --mode production && node dist/server.js --port 4000 > /tmp/server.log 2>&1 &',
  "grep -rn --include='*.ts' -e 'createServer' -e 'listen(' src test | grep -v node_modules | sort | uniq -c | sort -rn | head -40",
  'for f in $(git diff --name-only HEAD~1 -- "*.ts"); do npx prettier --check "$f" || echo "not formatted: $f"; done',
  'git add -A && git commit -q -m "fix(parser): keep the last token when the stream ends early" && git push -u origin fix/parser-tail',
  'curl -s -X POST http://localhost:3000/api/items -H \'Content-Type: application/json\' -d \'{"name":"a","tags":["x","y"]}\' | jq \'.id\'',
  'export NODE_ENV=test; docker compose up -d db && sleep 3 && psql "$DATABASE_URL" -c "select count(*) from users where created_at > now()"',
  "find . -name '*.snap' -not -path './node_modules/*' -mtime +30 -print0 | xargs -0 rm -f && rm -rf coverage dist .turbo",
];

function kilobyte(start: number): string {
  let text = '';
  for (let i = start; text.length < 950; i++) text += `${lines[i % lines.length] ?? ''}\n`;
  return text.slice(0, text.lastIndexOf('\n'));
}

const corpus = ['ordinary', 'dangerous'].flatMap((name) =>
  readFileSync(new URL(`../corpus/risk/${name}.jsonl`, import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line): Proposal => {
      const entry = JSON.parse(line) as { tool?: string; input?: unknown; language?: string; code?: string };
      return entry.tool === undefined
        ? { kind: 'code', language: entry.language ?? '', text: entry.code ?? '' }
        : { kind: 'tool-call', name: entry.tool, input: entry.input };
    }),
);

measure('short command', [bash('git status --short')], 20_000);
measure(
  '1 KB of commands',
  lines.map((_, i) => bash(kilobyte(i))),
  4_000,
);
measure('the corpus', corpus, 40);
measure('64 KB: one line of words', [bash('echo ' + 'word '.repeat(13_000))], 20);
measure('64 KB: nested substitutions', [bash('$('.repeat(20_000) + 'rm -rf /' + ')'.repeat(20_000))], 20);
measure('64 KB: quotes that never end', [bash(`"'`.repeat(32_000))], 20);
measure('64 KB: rm after rm', [bash('rm -rf x;'.repeat(7_000))], 20);
measure('64 KB: eval in eval', [bash('eval '.repeat(12_000) + 'ls')], 20);
measure('doubling variable', [bash('x=aaaaaaaa;' + 'x=$x$x$x$x;'.repeat(60) + 'echo $x; $x')], 20);
measure('64 KB of code', [{ kind: 'code', language: 'python', text: 'os.system("ls " + x)\n'.repeat(3_100) }], 20);
measure('64 KB: open brackets of calls', [{ kind: 'code', language: 'js', text: 'a('.repeat(32_000) }], 20);
measure('64 KB of SQL', [bash(`psql -c "${"select 'x';".repeat(5_500)}"`)], 20);
measure(
  '8 MB file written',
  [{ kind: 'tool-call', name: 'Write', input: { file_path: 'a.txt', content: 'x'.repeat(8_000_000) } }],
  20,
);
