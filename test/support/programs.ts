// Programs that this machine may lack. A test that needs one is skipped, and the reason is printed.

import { spawnSync } from 'node:child_process';

/** The reason why the program cannot be used, or undefined when it ends with 0. */
export function missingProgram(command: string, ...args: string[]): string | undefined {
  if (spawnSync(command, args, { stdio: 'ignore' }).status === 0) return undefined;
  const reason = `${[command, ...args].join(' ')} does not work on this machine`;
  process.stderr.write(`skipped: ${reason}\n`);
  return reason;
}
