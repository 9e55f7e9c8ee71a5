// The program of the desktop app.

import { resolve } from 'node:path';
import { app, dialog } from 'electron';
import { systemClock } from './clock.ts';
import { runShell } from './shell.ts';
import { noUpdates } from './update.ts';

const tell = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

const { argv, execPath: program } = process;
// In a checkout Electron is told our bundle as its first word.
const bundle = app.isPackaged ? [] : [resolve(argv[1] ?? '')];
runShell({
  system: process.platform,
  env: process.env,
  words: argv.slice(1 + bundle.length),
  command: [program, ...bundle],
  clock: systemClock,
  updates: noUpdates,
  signals: process,
  tell,
}).catch((error: unknown) => {
  const sentence = error instanceof Error ? error.message : 'Scrim could not start, for a reason that has no name.';
  tell(sentence);
  dialog.showErrorBox('Scrim cannot start', sentence);
  app.exit(1);
});
