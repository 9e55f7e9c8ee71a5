// scrim run -- CMD…

import { CoreError } from '../core/core-error.ts';
import { runCommand, signalCode } from '../core/run-command.ts';
import { readServeOptions, type ServeFlags } from '../core/serve-flags.ts';
import { outliveReader, tell, type GlobalOptions } from './output.ts';

export async function run(words: readonly string[], flags: ServeFlags, global: GlobalOptions): Promise<number> {
  outliveReader();
  const [program, ...parameters] = words;
  if (program === undefined) throw new CoreError('usage', 'Name the command to run: scrim run -- claude.');
  const options = readServeOptions(
    { listen: '127.0.0.1:0', ui: '127.0.0.1:0', ...flags },
    { ...global, env: process.env },
  );
  const outcome = await runCommand({
    serve: { ...options, terminal: 'shared' },
    command: [program, ...parameters],
    tell,
    // The command owns the terminal, often as a full screen: what happens meanwhile stands in the log.
    emit: () => undefined,
  });
  if (outcome === 127) tell(`Scrim: the command "${program}" was not found; check its name and your PATH.`);
  if (typeof outcome === 'number') return outcome;
  // Ends the way the command ended, so that a calling shell sees the signal.
  process.kill(process.pid, outcome);
  return signalCode(outcome);
}
