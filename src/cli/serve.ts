// scrim serve, scrim start: the proxy until somebody ends it.

import { createCore } from '../core.ts';
import type { CoreEvent } from '../contract/core-events.ts';
import { readServeOptions, type ServeFlags } from '../core/serve-flags.ts';
import { findDesktopApp, type DesktopApp } from './desktop-app.ts';
import { startApp } from './start-app.ts';
import { outliveReader, printJson, printJsonSoon, tell, type GlobalOptions } from './output.ts';

export async function serve(flags: ServeFlags, global: GlobalOptions): Promise<number> {
  const options = readServeOptions(flags, { ...global, env: process.env });
  outliveReader();
  const terminal = global.json === true ? 'none' : 'own';
  const core = await createCore({ ...options, terminal, tray: flags.tray === true }, (event) =>
    global.json === true ? printJsonSoon(event) : tellEvent(event),
  );
  // Before anybody is told that we run: who reads the first line may end us at once.
  const stop = (): void => void core.stop();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  process.once('SIGHUP', stop);
  // Readers of the first line may connect at once: everything listens by now.
  if (global.json === true) printJson(core.ready);
  else {
    tell(`Scrim listens on ${core.ready.proxy} (proxy and gateway).`);
    tell(`Its window: ${core.link('')} (good once, for ten minutes; scrim open makes another).`);
    tell(`Point a client at it: scrim run -- claude, or HTTPS_PROXY=${core.ready.proxy} and trust ${core.ready.ca}`);
  }
  await core.stopped;
  return 0;
}

/** The desktop app until it is quit, or the same without it. */
export async function start(flags: ServeFlags, global: GlobalOptions): Promise<number> {
  const app = appFor(global);
  if ('why' in app) {
    tell(`Starting without the desktop app: ${app.why}. So this is "scrim serve".`);
    return serve(flags, global);
  }
  // What is wrong with them is said here, where the person looks.
  readServeOptions(flags, { ...global, env: process.env });
  tell(`Starting the desktop app: ${app.command[0]}`);
  return startApp(app.command, flags, global);
}

function appFor(global: GlobalOptions): DesktopApp {
  if (global.json === true) return { why: 'events are wanted as JSON, and the app prints none' };
  if (global.keysPassphraseFd !== undefined) return { why: 'the app cannot read a passphrase from a file descriptor' };
  return findDesktopApp({ platform: process.platform, env: process.env, folder: import.meta.dirname });
}

function tellEvent(event: CoreEvent): void {
  switch (event.event) {
    case 'finding':
      return tell(`masked    ${event.kind} (${event.rule}) in ${event.side} ${event.channel}`);
    case 'exchange': {
      const outcome = event.failure ?? event.status?.toString() ?? event.state;
      return tell(
        `${outcome.padEnd(9)} ${event.method} ${event.host}${event.path} ${event.findings} findings, ${event.duration} ms`,
      );
    }
    case 'policy':
      if (event.ok)
        return tell(
          `policy    read anew${event.certificateChanged ? '; certificates changed: start clients again' : ''}`,
        );
      for (const problem of event.problems)
        tell(`policy    not read: line ${problem.line}, column ${problem.column}: ${problem.message}`);
      return;
    case 'question':
      return tell(
        `question  ${event.id}: ${event.tool} for ${event.program}: ${event.reasons.map(({ rule }) => rule).join(', ')}`,
      );
    case 'answered':
      return tell(`answered  ${event.id}: ${event.verdict} by ${event.by}`);
    case 'failure':
      return tell(`failure   ${event.message}`);
    case 'pause':
      return tell(
        event.until === null ? 'pause     over' : `pause     until ${new Date(event.until).toLocaleTimeString()}`,
      );
    case 'ready':
  }
}
