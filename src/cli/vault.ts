// scrim sessions reveal: shows a person what was masked in an exchange. Nothing of it goes into a pipe or a file.

import { createInterface } from 'node:readline/promises';
import { CoreError } from '../core/core-error.ts';
import { describeOriginals, findOriginals, revealOriginals } from '../core/reveal.ts';
import { common } from './inspect.ts';
import { printLine, type GlobalOptions } from './output.ts';

const word = 'reveal';

export async function sessionsReveal(id: string, global: GlobalOptions): Promise<number> {
  // SECURITY: an assistant runs commands without a terminal. The processes are looked at once more where this is decided.
  if (!process.stdin.isTTY || !process.stdout.isTTY)
    throw new CoreError(
      'refused',
      'Run this in an interactive terminal: originals are shown to a person, never written elsewhere.',
    );
  if (global.json === true)
    throw new CoreError('usage', 'Leave out --json: originals are shown to a person, never to a program.');
  await findOriginals(common(global), id);
  printLine(`This shows what was masked in ${id}, in clear. It is noted in the log, for good.`);
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  const given = new AbortController();
  reader.once('SIGINT', () => given.abort());
  const typed = await reader.question(`Type ${word} to go on: `, { signal: given.signal }).catch(() => '');
  reader.close();
  if (typed.trim() !== word) throw new CoreError('refused', `Nothing was shown: type ${word} when you want to see it.`);
  printLine(describeOriginals(await revealOriginals(common(global), id)));
  return 0;
}
