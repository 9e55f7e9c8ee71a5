// A program of the operating system, run for its output.

import { execFile } from 'node:child_process';

/** Undefined: not there, failed, took longer than two seconds or wrote more than 8 MB. */
export function runTool(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = {
      timeout: 2000,
      maxBuffer: 8 * 1024 * 1024,
      windowsHide: true,
      env: { ...process.env, LC_ALL: 'C' },
    };
    execFile(command, args, options, (error, out) => resolve(error ? undefined : out));
  });
}
