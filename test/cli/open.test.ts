// scrim open: a person in a terminal gets the window; a script, which may be the assistant, does not.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { missingProgram } from '../support/programs.ts';
import { cleanEnvironment, cliPath, runScrim, startScrim, type ScrimProcess } from '../support/scrim.ts';

let scrim: ScrimProcess;

beforeAll(async () => {
  scrim = await startScrim();
});

afterAll(() => scrim.stop());

const noTerminals = missingProgram('script', '--version');

async function inTerminal(words: readonly string[], env: Record<string, string> = {}) {
  const line = [process.execPath, cliPath, ...words, '--data-dir', scrim.dataDir].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    env: cleanEnvironment(env),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (part: Buffer) => (text += part.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
}

test.skipIf(noTerminals !== undefined)('in a terminal: an address of the window with a code', async () => {
  const { code, text } = await inTerminal(['open', '--print', 'approvals']);
  expect(code).toBe(0);
  const { port } = new URL(scrim.ui);
  expect(text.trim()).toMatch(new RegExp(`^http://127(\\.\\d+){3}:${port}/#/approvals\\?code=[a-z0-9]{12}$`));
});

test.skipIf(noTerminals !== undefined)('it is opened with what the system opens addresses with', async () => {
  const opener = join(scrim.folder, 'xdg-open');
  await writeFile(opener, `#!/bin/sh\nprintf '%s' "$1" > '${scrim.folder}/opened'\n`);
  await chmod(opener, 0o755);
  const { code, text } = await inTerminal(['open'], { PATH: `${scrim.folder}:${process.env['PATH'] ?? ''}` });
  expect(code, text).toBe(0);
  expect(await readFile(join(scrim.folder, 'opened'), 'utf8')).toMatch(/#\/\?code=[a-z0-9]{12}$/);
  expect(text).not.toMatch(/code=/);
});

test('without a terminal: refused, with a sentence', async () => {
  const { code, out, err } = await runScrim(['open', '--print', '--data-dir', scrim.dataDir]);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^scrim: .*terminal/);
});

test('a screen that cannot be one', async () => {
  const { code, err } = await runScrim(['open', '--print', 'a b?c', '--data-dir', scrim.dataDir]);
  expect(code).not.toBe(0);
  expect(err.trim().split('\n')).toHaveLength(1);
});

test('nothing runs: says so', async () => {
  const { code, err } = await runScrim(['open', '--data-dir', join(scrim.folder, 'other')]);
  expect(code).toBe(1);
  expect(err).toContain('Scrim is not running');
});
