// The program of the desktop app.

import { app, dialog } from 'electron';
import { systemClock } from './clock.ts';
import { runShell } from './shell.ts';
import { noUpdates } from './update.ts';

const tell = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

// A checkout is Electron with a folder as its first word.
const { execPath: program } = process;
runShell({
  system: process.platform,
  env: process.env,
  words: process.argv.slice(app.isPackaged ? 1 : 2),
  command: app.isPackaged ? [program] : [program, app.getAppPath()],
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
