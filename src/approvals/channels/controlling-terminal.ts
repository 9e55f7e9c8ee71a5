// Which terminal there is to ask on: our own (`scrim serve`), or the one that we share with the command we run (`scrim run`).

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { isatty, ReadStream, WriteStream } from 'node:tty';
import type { Terminal } from './terminal.ts';

/** For `scrim serve`: these are terminals, and nobody else reads them. */
export function ownTerminal(input: NodeJS.ReadStream, output: NodeJS.WriteStream): Terminal | undefined {
  // Both are undefined, not false, where they are no terminals.
  if (!(input.isTTY as boolean | undefined) || !(output.isTTY as boolean | undefined)) return undefined;
  return { input, output, othersType: false, isTaken: () => Promise.resolve(false), close: () => undefined };
}

/** For `scrim run`. Undefined: there is none, we are not in front, or the program in front reads key by key. */
export async function controllingTerminal(): Promise<Terminal | undefined> {
  if (process.platform === 'win32') return undefined;
  let descriptor;
  try {
    descriptor = openSync('/dev/tty', 'r+');
  } catch {
    return undefined;
  }
  const taken = (await isRaw(descriptor)) || !isInFront();
  if (taken || !isatty(descriptor)) {
    closeSync(descriptor);
    return undefined;
  }
  const input = new ReadStream(descriptor);
  const output = new WriteStream(openSync('/dev/tty', 'r+'));
  input.on('error', () => undefined);
  output.on('error', () => undefined);
  return {
    input,
    output,
    othersType: canOthersType(),
    isTaken: async () => (await isRaw(descriptor)) || !isInFront(),
    close() {
      input.destroy();
      // What was written last goes out first.
      output.end(() => output.destroy());
    },
  };
}

/** A full-screen client has switched the line editing off (`-icanon`, termios(3)). Where that cannot be told: true. */
function isRaw(descriptor: number): Promise<boolean> {
  return new Promise((resolve) => {
    const stty = spawn('stty', ['-a'], { stdio: [descriptor, 'pipe', 'ignore'] });
    let text = '';
    stty.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    stty.once('error', () => resolve(true));
    stty.once('close', () => resolve(!/(^|\s)icanon\b/.test(text)));
  });
}

/** A process in the background that reads its terminal is stopped (SIGTTIN), and all traffic with it. */
function isInFront(): boolean {
  if (process.platform !== 'linux') return true;
  try {
    // proc_pid_stat(5): state, ppid, pgrp, session, tty_nr, tpgid behind the name in parentheses.
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    return false;
  }
}

/**
 * SECURITY: the command that we guard may put typed text into the terminal it shares with us (TIOCSTI), "y" among it.
 * Linux 6.2 made that an option; where it is not known to be off, it is on.
 * https://docs.kernel.org/admin-guide/sysctl/index.html (dev.tty.legacy_tiocsti)
 */
function canOthersType(): boolean {
  try {
    return readFileSync('/proc/sys/dev/tty/legacy_tiocsti', 'latin1').trim() !== '0';
  } catch {
    return true;
  }
}
