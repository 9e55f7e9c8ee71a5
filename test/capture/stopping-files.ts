// A process that is killed, played: the n-th thing it does to the disk or the system never comes back, nor does anything after it.

import * as nodeFiles from 'node:fs/promises';
import type { RunCommand } from '../../src/base/command.ts';
import type { SetupFiles } from '../../src/capture/target-content.ts';

const changing = ['writeFile', 'rename', 'rm', 'mkdir', 'rmdir', 'chmod'] as const;

export interface StoppingFiles {
  readonly files: SetupFiles;
  readonly run: RunCommand;
  /** Resolves when the step was reached. */
  readonly stopped: Promise<'stopped'>;
}

/** Stops before step `at` (1 is the first). `writeFile` counts twice: it stops once before, once with half of the bytes written. */
export function stoppingFiles(at: number, run: RunCommand): StoppingFiles {
  const { promise: stopped, resolve } = Promise.withResolvers<'stopped'>();
  let steps = 0;
  const never = () => {
    resolve('stopped');
    return new Promise<never>(() => undefined);
  };
  const reached = () => {
    steps += 1;
    return steps >= at;
  };
  const files = { ...nodeFiles } as SetupFiles;
  for (const name of changing) {
    const original = nodeFiles[name] as (...args: unknown[]) => Promise<unknown>;
    files[name] = (async (...args: unknown[]) => {
      if (reached()) return await never();
      if (name === 'writeFile' && reached()) {
        const [path, bytes, options] = args as [string, Buffer, object];
        await nodeFiles.writeFile(path, bytes.subarray(0, bytes.length >> 1), options);
        return await never();
      }
      return await original(...args);
    }) as never;
  }
  return {
    files,
    stopped,
    run: async (command) => {
      const changes = !/get|query|list/.test(command.args[0] ?? '');
      return changes && reached() ? await never() : await run(command);
    },
  };
}
