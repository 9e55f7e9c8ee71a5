import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isShell, nameOfScript, programName } from '../../src/identity/program-name.ts';
import { cleanText } from '../../src/identity/process-facts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const assistant = file('lib/node_modules/@vendor/assistant/cli.js');
const command = join(folder.path, 'assistant');
symlinkSync(assistant, command);
file('task.py');
file('agent/main.ts');
file('tool.jar');

function file(name: string): string {
  const path = join(folder.path, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  return path;
}

const secret = 'made-up-secret';

describe('the name of a program', () => {
  it.each([
    ['an executable', '/usr/bin/curl', ['curl', '-H', secret], 'curl'],
    ['a package', '/usr/bin/node', ['node', '--no-warnings', assistant, secret], '@vendor/assistant'],
    ['a package by its link', '/usr/bin/node', ['node', command], '@vendor/assistant'],
    ['a relative script', '/usr/bin/python3.11', ['python3', '-u', '-W', 'ignore', 'task.py', secret], 'task.py'],
    ['a script with a name that says nothing', '/opt/bun', ['bun', 'run', 'agent/main.ts'], 'agent/main.ts'],
    ['a module', '/usr/bin/python3', ['python3', '-m', 'aider.main', secret], 'aider.main'],
    ['a jar', '/usr/bin/java', ['java', '-Dkey=x', '-jar', 'tool.jar', secret], 'tool.jar'],
    ['code in an argument', '/usr/bin/node', ['node', '-e', secret], 'node'],
    ['code of a shell', '/usr/bin/bash', ['bash', '-lc', secret], 'bash'],
    ['an option we do not know', '/usr/bin/node', ['node', '--unheard-of', secret, assistant], 'node'],
    ['a script that is not there', '/usr/bin/ruby', ['ruby', secret], 'ruby'],
    ['a module that is none', '/usr/bin/python3', ['python3', '-m', `${secret}/x`], 'python3'],
    ['a login shell', '/usr/bin/bash', ['-bash'], 'bash'],
    ['a title', '/usr/bin/node', ['claude'], 'claude'],
    ['a title with more in it', '/usr/bin/node', [`npm exec ${secret}`], 'npm'],
    ['an executable named by its version', '/home/a/.local/share/claude/versions/2.1.3', ['claude'], 'claude'],
    ['the same, not knowing how it was called', '/home/a/.local/share/claude/versions/2.1.3', [], 'claude'],
    ['nothing at all', '/usr/bin/python3', [], 'python3'],
  ])('is that of %s', async (_, executable, argv, name) => {
    expect(await programName(executable, argv, folder.path)).toBe(name);
  });

  it('comes from the package, else the file', () => {
    expect(nameOfScript('/a/node_modules/x/node_modules/y/bin/run.js')).toBe('y');
    expect(nameOfScript('C:\\npm\\node_modules\\@a\\b\\cli.js')).toBe('@a/b');
    expect(nameOfScript('/usr/lib/python3/dist-packages/pkg/__main__.py')).toBe('pkg');
    expect(nameOfScript('/home/a/project/index.js')).toBe('project/index.js');
    expect(nameOfScript('/usr/bin/aider')).toBe('aider');
  });

  it('holds nothing that steers a terminal or turns a line around', () => {
    expect(cleanText('a\u001b[31m\nb\u202ec')).toBe('a\ufffd[31m\ufffdb\ufffdc');
    expect(cleanText('x'.repeat(10_000))).toHaveLength(4096);
  });

  it('of a shell is known as such', () => {
    expect(['/bin/bash', '/usr/bin/zsh', '/usr/bin/fish', '/usr/bin/nu'].every(isShell)).toBe(true);
    expect(['/usr/bin/node', '/usr/bin/crash', '/usr/share/code/code'].some(isShell)).toBe(false);
  });
});
