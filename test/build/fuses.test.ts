// Fuses are set in the binary, read back from it, and one that nobody has thought of stops the packaging.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setFuses, wrongFuses } from '../../build/package/fuses.ts';
import { makeElectron } from '../../build/package/stand-in.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: ReturnType<typeof temporaryFolder>;
let executable: string;
beforeEach(async () => {
  folder = temporaryFolder();
  executable = join(await makeElectron(folder.path, '45.4.1'), 'electron');
});
afterEach(() => folder.remove());

test('as Electron comes, seven are wrong; once set, none is', async () => {
  const before = await wrongFuses(executable);
  expect(before.map((complaint) => complaint.split(' ')[0])).toEqual([
    'RunAsNode',
    'EnableCookieEncryption',
    'EnableNodeOptionsEnvironmentVariable',
    'EnableNodeCliInspectArguments',
    'EnableEmbeddedAsarIntegrityValidation',
    'OnlyLoadAppFromAsar',
    'GrantFileProtocolExtraPrivileges',
  ]);
  await setFuses(executable, false);
  expect(await wrongFuses(executable)).toEqual([]);
});

test('an Electron with a fuse more is refused until it is stated', async () => {
  const bytes = readFileSync(executable);
  const length = bytes.indexOf(Buffer.from([1, 9, 0x31, 0x30]));
  const longer = Buffer.concat([
    bytes.subarray(0, length),
    Buffer.from([1, 10]),
    bytes.subarray(length + 2, length + 11),
  ]);
  writeFileSync(executable, Buffer.concat([longer, Buffer.from('1\n')]));
  expect(await wrongFuses(executable)).toContain('1 fuses are not known to Scrim');
  await expect(setFuses(executable, false)).rejects.toThrow(/has 10 fuses but you only provided a config for 9/);
});
