// The check of packages finds a sound one sound, and names each thing that is wrong with a broken one.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration } from 'electron-builder';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkDesktop } from '../../build/package/check.ts';
import type { Line } from '../../build/package/findings.ts';
import { root, stageApp, stageHeadless } from '../../build/package/staging.ts';
import { missingProgram } from '../support/programs.ts';
import { makeSecret } from '../support/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { placeholderBuild } from './placeholder-build.ts';

const lacking = ['/usr/bin/7za', 'dpkg-deb', 'desktop-file-validate', 'shellcheck']
  .map((program) => missingProgram(program, '--help'))
  .find((reason) => reason !== undefined);

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

describe.skipIf(lacking !== undefined)('the check of the desktop app', () => {
  test('a sound package passes, to the desktop file and the purge', { timeout: 60_000 }, async () => {
    const lines: Line[] = [];
    const build = await placeholderBuild(join(folder.path, 'build'));
    await checkDesktop({ build, work: folder.path }, (line) => lines.push(line));
    expect(lines.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(lines.filter(({ state }) => state === 'ok').map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        expect.stringContaining('fuses: all nine'),
        expect.stringContaining('keychain module'),
        expect.stringContaining('desktop-file-validate'),
        expect.stringContaining('shellcheck'),
        expect.stringContaining('nothing is left after the purge'),
      ]),
    );
    expect(lines.filter(({ state }) => state === 'skipped')).toEqual([]);
  });

  test('every mistake in the configuration and the bundles is named', { timeout: 60_000 }, async () => {
    const careless = join(folder.path, 'careless.sh');
    // Not quoted, and it leaves a file behind.
    writeFileSync(careless, '#!/bin/bash\necho made > ${DPKG_ROOT}/opt/left-behind\n');
    const build = await placeholderBuild(join(folder.path, 'build'), {
      'electron/core-process.js': `const key = '${makeSecret('github-classic', 'packed')}';\n`,
      'electron/main.js':
        "import { z } from 'zod';\nimport './gone.js';\nnew Worker(new URL(x.endsWith('.ts') ? 'thread.ts' : 'thread.js', import.meta.url));\n",
      'renderer/assets/index-a1b2.js': `//# from ${root}/renderer/main.ts\n`,
    });
    const failed: string[] = [];
    await checkDesktop(
      {
        build,
        work: folder.path,
        change: (kept) => ({
          ...kept,
          afterPack: null,
          asarUnpack: null,
          electronLanguages: [],
          extraMetadata: { dependencies: { vite: '8.3.8' }, main: 'dist/electron/core-process.js' },
          files: ['**/*', { from: join(root, 'src/base'), to: 'src/base' }],
          linux: { ...kept.linux, executableArgs: ['--no-sandbox'] },
          deb: { ...kept.deb, afterInstall: careless, fpm: [] },
        }),
      },
      ({ state, text }) => {
        if (state === 'failed') failed.push(text);
      },
    );
    for (const complaint of [
      /RunAsNode is ENABLE, must be DISABLE/,
      /OnlyLoadAppFromAsar is DISABLE, must be ENABLE/,
      /src\/base\/\S+\.ts does not belong there/,
      /main is dist\/electron\/core-process\.js/,
      /dependencies are @napi-rs\/keyring, vite$/,
      /main\.js imports zod$/,
      /main\.js imports \.\/gone\.js$/,
      /main\.js starts thread\.js, which is missing/,
      /keychain module .*: it is not unpacked/,
      /languages: .*de\.pak/,
      /default_app\.asar is there/,
      /index-a1b2\.js holds .*/,
      /core-process\.js holds what looks like a GitHub token/,
      /shellcheck: /,
      /no \/usr\/bin\/scrim$/,
      /setuid sandbox .*: mode is 755/,
      /desktop file .*: it turns the sandbox off/,
      /\/opt\/left-behind is left/,
      /AppImage: .*--no-sandbox/s,
    ])
      expect(failed).toContainEqual(expect.stringMatching(complaint));
  });
});

test('a key that electron-builder does not know is an error', async () => {
  const build = await placeholderBuild(join(folder.path, 'build'));
  const change = (kept: Configuration): Configuration => Object.assign({ asarUnpak: ['**/*.node'] }, kept);
  await expect(checkDesktop({ build, work: folder.path, change }, () => undefined)).rejects.toThrow(/asarUnpak/);
});

test('a missing bundle is an error that names the command which makes it', async () => {
  const empty = join(folder.path, 'build');
  for (const stage of [stageApp, stageHeadless])
    await expect(stage(empty, join(folder.path, 'staged'))).rejects.toThrow(/: run npm run build first\.$/);
});

test('a kind of file that nobody thought of is refused by its name', async () => {
  const build = await placeholderBuild(join(folder.path, 'build'), { 'electron/notes.ts': 'export {};' });
  await expect(stageApp(build, join(folder.path, 'staged'))).rejects.toThrow(
    /notes\.ts is of a kind that is not shipped/,
  );
});

test('the headless package holds bundles without maps, and its command runs once its one dependency is there', async () => {
  const build = await placeholderBuild(join(folder.path, 'build'));
  const staged = join(folder.path, 'node_modules/scrim');
  await stageHeadless(build, staged);
  expect((await readdir(staged, { recursive: true })).filter((name) => name.endsWith('.map'))).toEqual([]);
  const { bin, dependencies, ...others } = JSON.parse(readFileSync(join(staged, 'package.json'), 'utf8')) as {
    bin: { scrim: string };
    dependencies: object;
  };
  expect(Object.keys(dependencies)).toEqual(['@napi-rs/keyring']);
  expect(others).not.toHaveProperty('scripts');
  expect(others).not.toHaveProperty('devDependencies');
  mkdirSync(join(folder.path, 'bin'));
  symlinkSync(join(staged, bin.scrim), join(folder.path, 'bin/scrim'));
  const { stdout } = spawnSync(process.execPath, [join(folder.path, 'bin/scrim'), '--version'], { encoding: 'utf8' });
  expect(stdout).toBe('0.1.0\n');
});

describe('the command line beside the installed app', () => {
  const launcher = join(root, 'build/package/launcher/scrim');
  const nodeThatSays = (name: string, major: string): string => {
    const path = join(folder.path, name);
    writeFileSync(path, `#!/bin/sh\nif [ "$1" = -p ]; then echo ${major}; else echo "$@"; fi\n`, { mode: 0o755 });
    return path;
  };
  const run = (env: Readonly<Record<string, string>>) =>
    spawnSync('/bin/sh', [launcher, 'mask', 'a b'], { encoding: 'utf8', env: { PATH: folder.path, ...env } });

  test.skipIf(process.platform === 'win32')(
    'takes a Node that is new enough, and gives it the words as they are',
    () => {
      for (const name of ['readlink', 'dirname']) symlinkSync(`/usr/bin/${name}`, join(folder.path, name));
      nodeThatSays('node', '20');
      const good = nodeThatSays('node24', '24');
      const { status, stdout } = run({ SCRIM_NODE: good });
      expect(status).toBe(0);
      expect(stdout).toBe(`--max-semi-space-size=8 ${join(root, 'build/package/launcher')}/dist/cli/cli.js mask a b\n`);
    },
  );

  test.skipIf(process.platform === 'win32')('says what it needs where there is none', () => {
    for (const name of ['readlink', 'dirname']) symlinkSync(`/usr/bin/${name}`, join(folder.path, name));
    nodeThatSays('node', '20');
    const { status, stderr } = run({});
    expect(status).toBe(1);
    expect(stderr).toMatch(/needs Node 24 or newer; install it .*SCRIM_NODE/);
  });
});
