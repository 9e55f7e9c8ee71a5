// Does what a person would have typed.

import { spawn } from 'node:child_process';
import { findInstance } from '../../settings/instance.ts';
import { placesOf, type Common } from '../inspect.ts';
import type { Fix } from './check.ts';

export interface FixOptions {
  readonly common: Common;
  /** How this program was called: what stands for `scrim` in a command. */
  readonly self: readonly [string, ...string[]];
}

/** True: it was done. The command has the terminal, and says itself what went wrong. */
export async function applyFix({ how, command }: Fix, { common, self }: FixOptions): Promise<boolean> {
  const words = command.program === 'scrim' ? [...self, ...command.args] : [command.program, ...command.args];
  const [program = '', ...args] = words;
  switch (how) {
    case 'yourself':
      return false;
    case 'run':
      return await ended(program, args, common.env);
    case 'start':
      return await started(program, args, common);
  }
}

function ended(program: string, args: readonly string[], env: Common['env']): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', env: { ...env } });
    child.once('error', () => resolve(false)).once('close', (code) => resolve(code === 0));
  });
}

const startTime = 15_000;
const lookAgain = 100;

/** It outlives us, so it gets neither our terminal nor our end. */
async function started(program: string, args: readonly string[], common: Common): Promise<boolean> {
  const { instanceFile } = placesOf(common);
  const child = spawn(program, args, { stdio: 'ignore', detached: true, env: { ...common.env } });
  const gone = new AbortController();
  child.once('error', () => gone.abort()).once('exit', () => gone.abort());
  child.unref();
  for (let waited = 0; waited < startTime; waited += lookAgain) {
    if ((await findInstance(instanceFile)) !== undefined) return true;
    if (gone.signal.aborted) return false;
    await new Promise((resolve) => setTimeout(resolve, lookAgain));
  }
  return false;
}
