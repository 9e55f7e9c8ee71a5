// Runs the desktop app until it is quit.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServeFlags } from '../core/serve-flags.ts';
import type { GlobalOptions } from './output.ts';

/** Resolves to the app's exit code. Another instance takes over at once where one runs. */
export async function startApp(
  [program, ...words]: readonly [program: string, ...words: string[]],
  { listen, ui, upstreamCa, upstreamProxy, resolve }: ServeFlags,
  { dataDir, policy, keys }: GlobalOptions,
): Promise<number> {
  const passed = { listen, ui, upstreamCa, upstreamProxy, resolve, dataDir, policy, keys };
  // With it Electron would be Node, and our bundle fail.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: undefined };
  const child = spawn(program, [...words, `--scrim-flags=${JSON.stringify(passed)}`], { stdio: 'inherit', env });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
