// A disk that is really full: a file system of four megabytes in a namespace of its own, which needs no rights.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isThere, runProgram } from '../certificates/real-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

const program = fileURLToPath(new URL('full-disk-process.ts', import.meta.url));
const mount = 'mount -t tmpfs -o size=4m tmpfs "$0" && exec "$1" "$2" "$0"';
const canMount = isThere('unshare', '-rm', 'sh', '-c', 'mount -t tmpfs tmpfs /tmp');
if (!canMount) {
  if (process.env['SCRIM_CI'] === '1') throw new Error('unshare -rm has to work here.');
  console.log('Skipped: a full disk. It needs Linux with user namespaces (unshare -rm).');
}

test.skipIf(!canMount)('nothing that was reported as recorded is lost, and it goes on when there is room', async () => {
  const folder = join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  const { output, code } = await runProgram('unshare', ['-rm', 'sh', '-c', mount, folder, process.execPath, program]);
  expect({ output, code }).toMatchObject({ code: 0 });
  const told = JSON.parse(output) as { kept: number; failures: unknown[] };
  expect(told).toMatchObject({ lost: 0, goesOn: true, damage: [null, null] });
  expect(told.kept).toBeGreaterThan(5);
  expect(told.kept).toBeLessThan(200);
  expect(told.failures[0]).toMatchObject({
    code: 'cannot-record',
    message: expect.stringContaining('free some disk space') as string,
  });
});
