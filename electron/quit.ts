// Quitting stops all traffic of clients that are set up to go through Scrim: it offers to undo that first, or says so.

import { app, dialog } from 'electron';

export interface SetUpClients {
  /** Those that are set up; undefined: the core does not run, and nobody can tell. */
  list(): Promise<readonly SetUpClient[] | undefined>;
  /** Takes it back. Resolves to one sentence for each that could not be. */
  undo(clients: readonly SetUpClient[]): Promise<readonly string[]>;
}

export interface SetUpClient {
  readonly client: string;
  readonly title: string;
}

export interface QuitOptions {
  readonly clients: SetUpClients;
  /** Also where nothing is set up: whoever pressed Quit may not be the person. */
  readonly asksAlways: boolean;
  /** Everything of ours ends, in order; resolves when it has. */
  readonly end: () => Promise<void>;
}

export interface Quit {
  /** The session or the machine ends, or a signal came: nobody is there to be asked. Set-up stays, for the next login. */
  readonly withoutAsking: () => void;
}

export function arrangeQuit({ clients, asksAlways, end }: QuitOptions): Quit {
  let phase: 'running' | 'asking' | 'ending' | 'over' = 'running';

  app.on('before-quit', (event) => {
    if (phase === 'over') return;
    event.preventDefault();
    if (phase !== 'running') return;
    phase = 'asking';
    void mayQuit(clients, asksAlways).then((may) => {
      if (phase !== 'asking') return;
      if (may) void leave();
      else phase = 'running';
    });
  });

  async function leave(): Promise<void> {
    if (phase === 'ending') return;
    phase = 'ending';
    await end().catch(() => undefined);
    phase = 'over';
    app.quit();
  }

  return { withoutAsking: () => void leave() };
}

async function mayQuit(clients: SetUpClients, asksAlways: boolean): Promise<boolean> {
  const found = await clients.list().catch(() => undefined);
  if (found === undefined) {
    return confirmed(
      'Quit Scrim?',
      'Scrim cannot tell now which clients are set up to go through it. Those that are get no answer until Scrim runs again, or until you run "scrim setup --undo".',
      'Quit',
    );
  }
  if (found.length === 0) {
    return !asksAlways || confirmed('Quit Scrim?', 'Until it runs again, nothing goes through it.', 'Quit');
  }
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: 'Quit Scrim?',
    detail: `These go through Scrim, and get no answer without it: ${found.map(({ title }) => title).join(', ')}.`,
    buttons: ['Undo set-up and quit', 'Keep set-up and quit', 'Cancel'],
    defaultId: 2,
    cancelId: 2,
    noLink: true,
  });
  if (response === 1) return true;
  if (response !== 0) return false;
  const problems = await clients.undo(found).catch(() => ['Scrim stopped before it had undone everything.']);
  return problems.length === 0 || confirmed('Not everything was undone', problems.join('\n'), 'Quit all the same');
}

async function confirmed(message: string, detail: string, button: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    message,
    detail,
    buttons: [button, 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  });
  return response === 0;
}
