// The bundle as it is shipped, with Node in the place of Electron: main process and core process start, find their files and
// each other, and end together.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createBuilder } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cleanEnvironment } from '../support/scrim.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const standIn = new URL('../support/stand-in-electron.ts', import.meta.url).href;
let folder: string;

beforeAll(async () => {
  // In the project, so that the keychain's module is found where it is for dist/electron.
  folder = await mkdtemp(join(root, 'node_modules', '.scrim-shell-'));
  const build = { build: { outDir: join(folder, 'electron') } };
  const builder = await createBuilder({
    root,
    configFile: join(root, 'build/vite.config.ts'),
    logLevel: 'error',
    environments: { shell: build, preload: build },
  });
  for (const name of ['shell', 'preload']) await builder.build(builder.environments[name]!);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

// Windows has no signal that a process may answer.
test.skipIf(process.platform === 'win32')(
  'starts the core in a process of its own, says that it is on, and ends both on a signal',
  async () => {
    const flags = { listen: '127.0.0.1:0', ui: '127.0.0.1:0', dataDir: join(folder, 'data'), keys: 'plain' };
    const app = spawn(
      process.execPath,
      [
        ...['--import', standIn],
        join(folder, 'electron', 'main.js'),
        'app-folder',
        `--scrim-flags=${JSON.stringify({ ...flags, policy: join(folder, 'policy.yaml') })}`,
      ],
      { env: cleanEnvironment({ XDG_CONFIG_HOME: folder }), stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const tips: string[] = [];
    createInterface({ input: app.stdout }).on('line', (line) => tips.push(line));
    await expect.poll(() => tips, { timeout: 20_000 }).toContain('Scrim is on');
    const instance = JSON.parse(await readFile(join(folder, 'data', 'instance.json'), 'utf8')) as {
      pid: number;
      ui: string;
    };
    expect(instance.pid).not.toBe(app.pid);
    expect((await fetch(`${instance.ui}/proxy.pac`)).status).toBe(200);
    app.kill('SIGTERM');
    const [code] = (await once(app, 'exit')) as [number];
    expect(code).toBe(0);
    expect(() => process.kill(instance.pid, 0)).toThrow();
  },
);

test('the preload is one file that loads nothing but Electron', async () => {
  const text = await readFile(join(folder, 'electron', 'preload.cjs'), 'utf8');
  expect([...text.matchAll(/require\("(.*?)"\)/g)].map(([, name]) => name)).toEqual(['electron']);
});

test('the pictures of the tray and every program of their own lie beside it', async () => {
  const files = new Set(await readdir(join(folder, 'electron'), { recursive: true }));
  for (const program of ['keychain-child', 'search-worker', 'verify-worker', 'window-worker'])
    expect(files).toContain(`${program}.js`);
  for (const state of ['on', 'asking', 'observing', 'off', 'failed']) {
    for (const picture of [`${state}-22.png`, `${state}-22@2x.png`, `${state}.ico`, `${state}Template@2x.png`])
      expect(files).toContain(join('tray', picture));
  }
});
