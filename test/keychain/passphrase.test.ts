import { spawn, type SpawnOptions } from 'node:child_process';
import { writeFileSync, openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { missingProgram } from '../support/programs.ts';

const source = new URL('../../src/keychain/passphrase.ts', import.meta.url).href;

/** Prints what it got, in hexadecimal: the terminal must not have shown it otherwise. */
const program = (purpose: string, descriptor?: number): string => `
  import { passphraseFrom } from ${JSON.stringify(source)};
  const ask = passphraseFrom({ descriptor: ${descriptor}, env: process.env });
  try {
    console.log('got ' + Buffer.from(await ask('${purpose}')).toString('hex') + ' ' + (await ask('${purpose}') === await ask('${purpose}')));
  } catch (error) { console.log(error.code + ': ' + error.message); }`;

async function run(code: string, options: SpawnOptions = {}): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // In a session of its own there is no terminal, whoever runs the tests.
    detached: true,
    ...options,
  });
  return (await text(child.stdout!)).trim();
}

const hex = (of: string): string => Buffer.from(of).toString('hex');

describe('through a file descriptor', () => {
  async function through(content: string | Buffer, number?: number, env: Record<string, string> = {}): Promise<string> {
    const folder = temporaryFolder();
    const file = join(folder.path, 'passphrase');
    writeFileSync(file, content);
    const descriptor = openSync(file, 'r');
    try {
      return await run(program('open', number), {
        stdio: ['ignore', 'pipe', 'inherit', descriptor],
        env: { ...process.env, ...env },
      });
    } finally {
      closeSync(descriptor);
      folder.remove();
    }
  }

  test.each([
    ['pass phrase', 'pass phrase'],
    ['pass\n', 'pass'],
    ['pass\r\nsecond line\n', 'pass'],
    [' ünï ', ' ünï '],
  ])('the first line of %j', async (content, wanted) => {
    expect(await through(content, 3)).toBe(`got ${hex(wanted)} true`);
    expect(await through(content, undefined, { SCRIM_KEYS_PASSPHRASE_FD: '3' })).toBe(`got ${hex(wanted)} true`);
  });

  test.each(['', '\n', 'x'.repeat(5_000)])('refuses %#: nothing, or too much', async (content) => {
    expect(await through(content, 3)).toMatch(/^passphrase: Write a passphrase of 1 to 4096 bytes/);
  });

  test('a descriptor that is not open, and one that is no number', async () => {
    expect(await run(program('open', 999))).toMatch(/^passphrase: Open file descriptor 999/);
    expect(await run(program('open'), { env: { SCRIM_KEYS_PASSPHRASE_FD: 'x' } })).toMatch(/^passphrase: Set SCRIM_/);
  });
});

test.skipIf(process.platform === 'win32')('without a terminal it says how to pass one', async () => {
  expect(await run(program('open'))).toMatch(/^passphrase: .*--keys-passphrase-fd/);
});

const missingScript = process.platform === 'linux' ? missingProgram('script', '--version') : 'script differs elsewhere';

describe.skipIf(missingScript !== undefined)('on a terminal', () => {
  /** Types each line when its question has appeared; returns what the screen showed, without the questions. */
  async function type(purpose: string, ...keys: string[]): Promise<string> {
    const folder = temporaryFolder();
    const file = join(folder.path, 'program.mjs');
    writeFileSync(file, program(purpose));
    const child = spawn('script', ['-qec', `${process.execPath} ${file}`, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      detached: true,
    });
    let screen = '';
    for await (const chunk of child.stdout) {
      screen += String(chunk);
      if (/: $/.test(screen)) {
        child.stdin.write(keys.shift() ?? '');
        screen += '\n';
      }
    }
    folder.remove();
    return screen
      .replace(/\r/g, '')
      .split('\n')
      .filter((line) => line !== '' && !line.endsWith(': '))
      .join('\n');
  }

  test('what is typed does not show', async () => {
    expect(await type('open', 'geheim\r')).toBe(`got ${hex('geheim')} true`);
  });

  test('Backspace takes a character back, Ctrl-U the line', async () => {
    expect(await type('open', 'wrong\x15abü\x7f\x7fc\n')).toBe(`got ${hex('ac')} true`);
  });

  test('Ctrl-C ends it', async () => {
    expect(await type('open', 'abc\x03')).toMatch(/^passphrase: Start again/);
  });

  test('a new one is typed twice', async () => {
    expect(await type('choose', 'one\r', 'one\r')).toBe(`got ${hex('one')} true`);
    expect(await type('choose', 'one\r', 'two\r')).toMatch(/^passphrase: .*twice/);
  });
});
