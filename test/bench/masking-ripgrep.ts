// The same rules given to ripgrep, where it is installed. Its expressions know no look-around, so those parts are left out,
// which makes its work lighter, not heavier.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rule } from '../../src/masking/rule.ts';

/** Not a dependency: compared with where it happens to be. */
const program = 'rg';

/** Seconds that ripgrep takes to count matching lines, or why it could not be asked. */
export function ripgrepSeconds(rules: readonly Rule[], text: string): number | string {
  if (spawnSync(program, ['--version']).error !== undefined) return 'rg is not installed';
  const folder = mkdtempSync(join(tmpdir(), 'scrim-bench-'));
  try {
    // It searches lines, so rules that span them are left out too.
    const patterns = rules
      .filter((rule) => !/\\n\)|\\r\?\\n/u.test(rule.pattern))
      .map((rule) => `${rule.flags?.includes('i') === true ? '(?i)' : ''}${plain(rule.pattern)}`);
    writeFileSync(join(folder, 'rules'), patterns.join('\n'));
    writeFileSync(join(folder, 'text'), text);
    let least = Infinity;
    for (let run = 0; run < 3; run++) {
      const start = performance.now();
      const result = spawnSync(program, [
        '--count',
        '--threads',
        '1',
        '--no-unicode',
        '--file',
        join(folder, 'rules'),
        join(folder, 'text'),
      ]);
      if (result.status === 2) return `it refused the rules: ${result.stderr.toString().trim().slice(-200)}`;
      least = Math.min(least, (performance.now() - start) / 1000);
    }
    return least;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function plain(pattern: string): string {
  return pattern
    .replace(/\(\?<commit>/gu, '(?:')
    .replace(/\(\?<?[!=](?:\[(?:\\.|[^\]])*\]|\\.|[^()[\]\\])*\)/gu, '')
    .replace(/\\\\|\\([/`"'])/gu, (escape, mark: string | undefined) => mark ?? escape)
    .replace(/\n/gu, '\\n');
}
