// The core's side of its process: starts it as the main process says, and serves the contract on the ports that come.

import type { MessageEvent, MessagePortMain } from 'electron';
import type { Core } from '../src/core.ts';
import { isOwnError } from '../src/core/own-error.ts';
import { readServeOptions } from '../src/core/serve-flags.ts';
import type { ServeOptions } from '../src/core/serve-options.ts';
import { toCoreSchema, type FromCore, type StartFlags } from './core-messages.ts';
import { autostartThroughMain } from './autostart-through-main.ts';
import { keychainThroughMain } from './keychain-through-main.ts';

/** `process.parentPort` */
export interface MainPort {
  on(event: 'message', listener: (event: MessageEvent) => void): unknown;
  postMessage(message: FromCore): void;
}

export interface CoreSideOptions {
  readonly createCore: (options: ServeOptions, tell: () => void) => Promise<Core>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exit: (code: number) => void;
}

export function serveMain(main: MainPort, { createCore, env, exit }: CoreSideOptions): void {
  const tell = (message: FromCore): void => main.postMessage(message);
  const keychain = keychainThroughMain(tell);
  const { autostart, answered } = autostartThroughMain(tell);
  let core: Core | undefined;
  let isStarted = false;

  async function start(flags: StartFlags): Promise<void> {
    if (isStarted) return;
    isStarted = true;
    try {
      const options = readServeOptions(flags, { ...flags, env });
      core = await createCore(
        { ...options, desktop: 'shell', autostart, startKeychain: keychain.start },
        () => undefined,
      );
    } catch (error) {
      // Errors of ours are sentences without anything raw; the reason of any other is for a bug report, not for the tray.
      tell({ type: 'failed', message: sentence(error) });
      return;
    }
    tell({ type: 'ready' });
    await core.stopped;
    exit(0);
  }

  async function serve(as: 'window' | 'shell', port: MessagePortMain | undefined): Promise<void> {
    if (core === undefined || port === undefined) return port?.close();
    // SECURITY: only the main process hands out such ports, and only to our own pages and itself: whoever holds one is the person.
    await core.serveWindow(port, { kind: as, may: () => Promise.resolve({ ok: true }) });
    port.start();
  }

  main.on('message', ({ data, ports: [port] }) => {
    const parsed = toCoreSchema.safeParse(data);
    if (!parsed.success) return;
    const message = parsed.data;
    switch (message.type) {
      case 'start':
        return void start(message.flags);
      case 'window':
      case 'shell':
        // Its owner asks again.
        return void serve(message.type, port).catch(() => port?.close());
      case 'keychain':
        return keychain.opened(message.call, port);
      case 'keychain-ended':
        return keychain.ended(message.call);
      case 'autostart':
        return answered(message);
      case 'stop':
        if (core === undefined) exit(0);
        else void core.stop();
    }
  });
}

function sentence(error: unknown): string {
  if (isOwnError(error)) return error.message;
  return 'Run "scrim serve" in a terminal and report what it says: Scrim could not start, for a reason that has no name.';
}
