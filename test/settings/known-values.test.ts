// What a policy names as a source of known values is read where it is a file, and never waited for.

import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readKnownSecrets } from '../../src/settings/known-values.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let projectFolder: string;
let folder: ReturnType<typeof temporaryFolder>;

beforeEach(() => {
  folder = temporaryFolder();
  projectFolder = folder.path;
});

afterEach(() => folder.remove());

const plan = (...dotenv: string[]) => ({ env: [], dotenv, files: [] });

test.skipIf(process.platform === 'win32')('a pipe and a device give nothing, at once', async () => {
  const pipes = Array.from({ length: 8 }, (_, n) => join(projectFolder, `pipe-${n}`));
  execFileSync('mkfifo', pipes);
  await writeFile(join(projectFolder, '.env'), 'SHOP_PASSWORD=correct-horse\n');
  // More pipes than the process has threads for files.
  expect(await readKnownSecrets(plan(...pipes, '/dev/zero', '.env'), { env: {}, projectFolder })).toEqual([
    { name: 'SHOP_PASSWORD', value: 'correct-horse' },
  ]);
});

test('a file that is too long for a list of credentials gives nothing', async () => {
  await writeFile(join(projectFolder, '.env'), `SHOP_PASSWORD=${'x'.repeat(1024 * 1024)}\n`);
  expect(await readKnownSecrets(plan('.env'), { env: {}, projectFolder })).toEqual([]);
});
