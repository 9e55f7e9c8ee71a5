// What must be true of the headless package: npm packs it, npm installs it into an empty folder, and it works there.

import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { tell, type Report } from './findings.ts';

/** @param work an empty folder of ours */
export async function checkHeadless(
  packageFolder: string,
  version: string,
  work: string,
  report: Report,
): Promise<void> {
  const prefix = join(work, 'prefix');
  mkdirSync(prefix, { recursive: true });
  // npm run leaves its own settings in the environment; a person's npm install has none of them.
  const clean = Object.entries(process.env).filter(
    ([name]) =>
      !/^npm_(?:config_(?!cache|userconfig|globalconfig|registry|cafile)|lifecycle|package|command|execpath|node)/i.test(
        name,
      ),
  );
  const env = { ...Object.fromEntries(clean), PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter) };
  const run = (command: string, words: readonly string[], input = ''): SpawnSyncReturns<string> =>
    spawnSync(command, words, { encoding: 'utf8', env, input, cwd: prefix, shell: process.platform === 'win32' });

  const packed = run('npm', ['pack', packageFolder, '--pack-destination', work, '--json', '--loglevel=error']);
  const tarball = readdirSync(work).find((name) => name.endsWith('.tgz'));
  if (packed.status !== 0 || tarball === undefined)
    return tell(report, 'npm: npm pack makes a tarball', [lastLine(packed.stderr)]);
  const [{ files, size }] = JSON.parse(packed.stdout) as [{ files: { path: string }[]; size: number }];
  const strange = files.filter(
    ({ path }) => !/^(?:LICENSE|README\.md|package\.json|dist\/(?:cli|renderer)\/.+(?<!\.map|\.ts))$/.test(path),
  );
  tell(report, `npm: the tarball holds ${files.length} files in ${(size / 1e6).toFixed(1)} MB, bundles only`, [
    ...strange.map(({ path }) => `${path} is there`),
    ...(files.some(({ path }) => path === 'dist/cli/licenses.md')
      ? []
      : ['the licences of what is bundled are missing']),
  ]);

  const installed = run('npm', [
    'install',
    '--prefix',
    prefix,
    join(work, tarball),
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    '--loglevel=error',
  ]);
  tell(
    report,
    'npm: npm install puts it into an empty folder',
    installed.status === 0 ? [] : [lastLine(installed.stderr)],
  );
  if (installed.status !== 0) return;
  const others = readdirSync(join(prefix, 'node_modules'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['scrim', '@napi-rs', '.bin'].includes(entry.name))
    .map(({ name }) => `${name} is there`);
  tell(report, 'npm: it brings the keychain module and nothing else', others);
  const manifest = JSON.parse(readFileSync(join(prefix, 'node_modules/scrim/package.json'), 'utf8')) as Record<
    string,
    unknown
  >;
  tell(report, 'npm: no scripts run when it is installed', 'scripts' in manifest ? ['package.json has scripts'] : []);

  const scrim = join(prefix, 'node_modules/.bin/scrim');
  const versionSaid = run(scrim, ['--version']);
  tell(
    report,
    `npm: scrim --version says ${version}`,
    versionSaid.stdout.trim() === version
      ? []
      : [`it says ${versionSaid.stdout.trim() || lastLine(versionSaid.stderr)}`],
  );
  // Made from parts: a token never stands in a file of ours.
  const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');
  const masked = run(scrim, ['mask'], `token ${token} end\n`);
  const right = masked.status === 0 && !masked.stdout.includes(token) && masked.stdout.includes('MASKED_GITHUB');
  tell(
    report,
    'npm: scrim mask masks a token',
    right ? [] : [masked.status === 0 ? 'the token is still there' : lastLine(masked.stderr)],
  );
  tell(
    report,
    'npm: scrim serve runs, and has its window for a browser',
    await servedWindow(scrim, env, join(work, 'home')),
  );
}

/** Starts it on ports of its own, asks for the page as a browser would, and ends it. */
async function servedWindow(scrim: string, env: NodeJS.ProcessEnv, home: string): Promise<string[]> {
  const words = ['serve', '--listen', '127.0.0.1:0', '--ui', '127.0.0.1:0', '--json'];
  const own = { ...env, HOME: home, SCRIM_DATA_DIR: join(home, 'data'), XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home };
  const child = spawn(scrim, words, { env: own, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const { event, ui } = JSON.parse(line) as { event: string; ui?: string };
      if (event !== 'ready' || ui === undefined) continue;
      const answer = await fetch(ui, { headers: { accept: 'text/html', 'sec-fetch-site': 'none' } });
      const page = await answer.text();
      return answer.ok && /<script type="module"/.test(page) ? [] : [`${ui} answered ${answer.status}`];
    }
    return ['it ended before it was ready'];
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';
