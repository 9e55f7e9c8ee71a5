// On real pseudo-terminals, which `script` (bsdutils) makes.

import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { missingProgram } from '../../support/programs.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { createScreen } from './screen.ts';

const missing = process.platform === 'linux' ? missingProgram('script', '--version') : 'for Linux';
const missingPython = missingProgram('python3', '--version');
const child = `${process.execPath} ${fileURLToPath(new URL('terminal-child.ts', import.meta.url))}`;

/** Runs a shell line on a terminal of its own. */
function onTerminal(line: string) {
  const script = spawn('script', ['--quiet', '--echo', 'never', '--command', line, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void script.kill());
  const screen = createScreen();
  script.stdout.on('data', (part: Buffer) => screen.show(part.toString('utf8').replaceAll('\r', '')));
  return { type: (keys: string) => script.stdin.write(keys), sees: (pattern: RegExp) => screen.sees(pattern) };
}

function isTypingOpen(): boolean {
  try {
    return readFileSync('/proc/sys/dev/tty/legacy_tiocsti', 'utf8').trim() !== '0';
  } catch {
    return true;
  }
}

describe.skipIf(missing !== undefined)('the terminal that we share with a command', () => {
  test('asks there and takes the answer', async () => {
    const terminal = onTerminal(child);
    await terminal.sees(/│ git push --force origin main\n[^]*\n> /);
    terminal.type('n too late today\n');
    await terminal.sees(/ANSWER \{"verdict":"deny","scope":\{"kind":"once"\},"note":"too late today"\}/);
  });

  test('approves with the number where the kernel lets others type, and with the letter where not', async () => {
    const terminal = onTerminal(child);
    await terminal.sees(/left\)\./);
    if (isTypingOpen()) {
      const [, code] = await terminal.sees(/as in: y (\d{3})\n> /);
      terminal.type(`y ${code ?? ''}\n`);
    } else {
      await terminal.sees(/\n> /);
      terminal.type('y\n');
    }
    await terminal.sees(/ANSWER \{"verdict":"allow"/);
  });

  test.skipIf(missingPython !== undefined)('a command that types its own approval gets none', async () => {
    const types = `import fcntl, termios
for key in "y\\n":
    try: fcntl.ioctl(0, termios.TIOCSTI, key.encode())
    except OSError: pass
print("TYPED", flush=True)`;
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const go = join(folder.path, 'go');
    const terminal = onTerminal(`mkfifo ${go}; ${child} & cat ${go}; python3 -c '${types}'; wait`);
    await terminal.sees(/\n> /);
    writeFileSync(go, '');
    // In either order: two processes write.
    await terminal.sees(isTypingOpen() ? /none of the answers[^]*TYPED|TYPED[^]*none of the answers/ : /TYPED/);
    terminal.type('n\n');
    await terminal.sees(/ANSWER \{"verdict":"deny"/);
  });

  test('a full-screen client keeps its terminal', async () => {
    const terminal = onTerminal(`stty raw -echo; ${child}`);
    await terminal.sees(/^ANSWER null/);
  });

  test('in the background it does not read, which would stop it', async () => {
    // With job control, the shell gives each of them a group of its own.
    const terminal = onTerminal(`bash -c 'set -m; ${child} & wait'`);
    await terminal.sees(/ANSWER null/);
  });

  test('without a terminal', async () => {
    const process_ = spawn('setsid', ['--wait', '/bin/sh', '-c', child], { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    for await (const part of process_.stdout) text += String(part);
    expect(text).toBe('ANSWER null\n');
  });
});
