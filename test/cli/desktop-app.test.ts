import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findDesktopApp } from '../../src/cli/desktop-app.ts';
import { collect, startScrimCommand } from '../support/scrim.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function checkout(...files: readonly string[]) {
  const temporary = temporaryFolder();
  const { path } = temporary;
  onTestFinished(() => temporary.remove());
  for (const file of files) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), '');
  }
  const find = (
    folder: string,
    env: Readonly<Record<string, string>> = { DISPLAY: ':0' },
    platform: NodeJS.Platform = 'linux',
  ) => findDesktopApp({ platform, env, folder: join(path, folder) });
  return { path, find };
}

test('a checkout: Electron and our bundle, from the sources and from the bundle of the command line', () => {
  const { path, find } = checkout('node_modules/electron/dist/electron', 'dist/electron/main.js');
  const command = [join(path, 'node_modules/electron/dist/electron'), join(path, 'dist/electron/main.js')];
  expect(find('src/cli')).toEqual({ command });
  expect(find('dist/cli')).toEqual({ command });
  expect(find('dist/cli', { WAYLAND_DISPLAY: 'wayland-0' })).toEqual({ command });
});

test.each([
  ['linux', 'electron'],
  ['win32', 'electron.exe'],
  ['darwin', 'Electron.app/Contents/MacOS/Electron'],
] as const)('%s: an Electron that is named by its folder', (platform, program) => {
  const { path, find } = checkout(join('unpacked', program), 'dist/electron/main.js');
  const env = { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: join(path, 'unpacked') };
  expect(find('src/cli', env, platform)).toEqual({
    command: [join(path, 'unpacked', program), join(path, 'dist/electron/main.js')],
  });
});

test.each([
  ['linux', 'opt/Scrim/resources', 'opt/Scrim/scrim-desktop'],
  ['win32', 'Scrim/resources', 'Scrim/Scrim.exe'],
  ['darwin', 'Scrim.app/Contents/Resources', 'Scrim.app/Contents/MacOS/Scrim'],
] as const)('%s: an installed app', (platform, resources, program) => {
  const { path, find } = checkout(program);
  expect(find(`${resources}/headless/dist/cli`, { DISPLAY: ':0' }, platform)).toEqual({
    command: [join(path, program)],
  });
});

test('why not', () => {
  const { find } = checkout('node_modules/electron/dist/electron');
  expect(find('src/cli', {})).toEqual({ why: 'this session has no display' });
  expect(find('src/cli', { SSH_CONNECTION: 'x' }, 'darwin')).toEqual({ why: 'this is a session over SSH' });
  expect(find('src/cli')).toEqual({ why: 'the app is not built (npm run build makes it)' });
  expect(find('elsewhere/src/cli')).toEqual({
    why: 'no Electron runtime is here (npx install-electron fetches one)',
  });
  expect(find('src/cli', { DISPLAY: ':0', ELECTRON_OVERRIDE_DIST_PATH: '/nowhere' })).toEqual({
    why: 'there is no Electron at /nowhere/electron',
  });
});

test('scrim start says why it is serve', async () => {
  const { path } = checkout();
  const words = ['--data-dir', join(path, 'data'), '--policy', join(path, 'policy.yaml'), 'start'];
  const child = startScrimCommand([...words, '--listen', '127.0.0.1:0', '--ui', '127.0.0.1:0']);
  const result = collect(child);
  let said = '';
  child.stderr.on('data', (text: string) => (said += text));
  await expect.poll(() => said, { timeout: 15_000 }).toContain('Scrim listens on');
  child.kill('SIGINT');
  expect((await result).code).toBe(0);
  expect(said).toMatch(/^Starting without the desktop app: .+\. So this is "scrim serve"\.\n/);
});

test.skipIf(process.platform !== 'linux')(
  'an installed app is started with what it was told, and its exit code is ours',
  async () => {
    const { path } = checkout();
    const program = join(path, 'scrim-desktop');
    writeFileSync(program, '#!/bin/sh\nprintf "%s\\n" "$@" "run as node: $ELECTRON_RUN_AS_NODE"\nexit 7\n');
    chmodSync(program, 0o755);
    // The command line as it lies in an installed app.
    const caller = join(path, 'resources/headless/dist/cli/caller.ts');
    mkdirSync(dirname(caller), { recursive: true });
    const starter = JSON.stringify(join(import.meta.dirname, '../../src/cli/start-app.ts'));
    writeFileSync(
      caller,
      `const { startApp } = await import(${starter});
     process.exitCode = await startApp([${JSON.stringify(program)}], { listen: '127.0.0.1:0' }, { policy: 'p.yaml' });`,
    );
    const { code, out } = await collect(
      spawn(process.execPath, [caller], { env: { PATH: process.env['PATH'], ELECTRON_RUN_AS_NODE: '1' } }),
    );
    expect(code).toBe(7);
    expect(out).toBe('--scrim-flags={"listen":"127.0.0.1:0","policy":"p.yaml"}\nrun as node: \n');
  },
);
