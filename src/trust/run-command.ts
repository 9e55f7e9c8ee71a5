// Runs programs of the system for the user.

import { spawn } from 'node:child_process';
import type { Command, CommandResult, RunCommand } from '../base/command.ts';

/** More than any listing; the rest is dropped. */
const maxOutput = 4 * 1024 * 1024;

export interface SystemCommandsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which a program is ended. Default ten minutes: some ask the user something. */
  readonly timeout?: number;
}

/** `sudo` may ask for a password: it has the terminal. All others have no input, so that none waits for one. */
export function systemCommands({ env, timeout = 600_000 }: SystemCommandsOptions): RunCommand {
  return ({ program, args }: Command) =>
    new Promise<CommandResult>((resolve) => {
      const input = program === 'sudo' ? 'inherit' : 'ignore';
      // English and plain: output is read.
      const child = spawn(program, args, {
        env: { ...env, LC_ALL: 'C', LANGUAGE: 'C' },
        stdio: [input, 'pipe', 'pipe'],
        // Not `timeout`: its timer would outlive a program that is not there, and keep the process waiting.
        signal: AbortSignal.timeout(timeout),
        windowsHide: true,
      });
      const output = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (text: string) => {
          if (output[name].length < maxOutput) output[name] += text;
        });
      }
      child.on('error', () => resolve({ code: null, ...output }));
      child.on('close', (code) => resolve({ code, ...output }));
    });
}
