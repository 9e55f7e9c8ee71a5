// The core as a process of its own: started, watched, started again. A window that hangs cannot stall traffic, and a core
// that dies closes its port: clients fail then, nothing goes around Scrim.

import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import type { Autostart } from './autostart.ts';
import type { Clock } from './clock.ts';
import { fromCoreSchema, type StartFlags, type ToCore } from './core-messages.ts';
import { startKeychainHelpers, type KeychainHelpers } from './keychain-helpers.ts';
import { coreProcessFile } from './places.ts';
import type { CoreCondition } from './shell-state.ts';

export interface CoreProcess {
  start(): void;
  /** Ends it in order; resolves when it is gone. */
  stop(): Promise<void>;
  /** A port that speaks the contract; undefined while the core does not run. */
  connect(as: 'window' | 'shell'): MessagePortMain | undefined;
}

export interface CoreProcessOptions {
  readonly clock: Clock;
  readonly flags: StartFlags;
  /** What the window's settings turn. */
  readonly autostart: Autostart;
  /** At each change. `problem`: one sentence, for `failed`. */
  readonly changed: (condition: CoreCondition, problem: string | undefined) => void;
}

/** Milliseconds between an end and the next start; the last one stays. */
export const restartDelays = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000] as const;
/** A core that has run for so long is well: its next end counts as the first. */
export const wellAfter = 120_000;
/** It lets running streams end first. */
const stopTime = 12_000;

export function createCoreProcess({ clock, flags, autostart, changed }: CoreProcessOptions): CoreProcess {
  let child: UtilityProcess | undefined;
  let helpers: KeychainHelpers | undefined;
  let isReady = false;
  let readyAt = 0;
  let failures = 0;
  let problem: string | undefined;
  /** `stop()` was called. */
  let isStopped = false;
  let cancelRestart: (() => void) | undefined;

  function start(): void {
    cancelRestart?.();
    cancelRestart = undefined;
    if (child !== undefined) return;
    isStopped = false;
    problem = undefined;
    changed('starting', undefined);
    const made = utilityProcess.fork(coreProcessFile, [], { serviceName: 'Scrim core', stdio: 'inherit' });
    child = made;
    helpers = startKeychainHelpers(made);
    made.on('message', (message: unknown) => heard(made, message));
    made.once('exit', (code) => ended(made, code));
    send(made, { type: 'start', flags });
  }

  function heard(from: UtilityProcess, message: unknown): void {
    // SECURITY: the core reads what providers send; should it ever be taken over, it can say these few things and no more.
    const parsed = fromCoreSchema.safeParse(message);
    if (from !== child || !parsed.success) return;
    switch (parsed.data.type) {
      case 'ready':
        isReady = true;
        readyAt = clock.now();
        return changed('running', undefined);
      case 'failed':
        problem = parsed.data.message;
        return send(from, { type: 'stop' });
      case 'keychain':
        return helpers?.start(parsed.data.call);
      case 'end-keychain':
        return helpers?.end(parsed.data.call);
      case 'autostart':
        return void turnAutostart(from, parsed.data.call, parsed.data.set);
    }
  }

  async function turnAutostart(from: UtilityProcess, call: number, set: boolean | null): Promise<void> {
    let problem: string | null = null;
    if (set !== null) await autostart.set(set).catch((error: unknown) => (problem = (error as Error).message));
    send(from, { type: 'autostart', call, isOn: await autostart.isOn(), problem });
  }

  function ended(which: UtilityProcess, code: number): void {
    if (which !== child) return;
    if (isReady && clock.now() - readyAt >= wellAfter) failures = 0;
    helpers?.close();
    [child, helpers, isReady] = [undefined, undefined, false];
    // In order and not told to by us: somebody stopped Scrim on purpose.
    if (isStopped || (code === 0 && problem === undefined)) return changed('stopped', undefined);
    const delay = restartDelays[Math.min(failures, restartDelays.length - 1)] ?? 60_000;
    failures++;
    changed(
      'failed',
      problem ?? `Scrim's core ended and starts again in ${delay / 1000} s; clients get no answer until then.`,
    );
    cancelRestart = clock.after(delay, start);
  }

  return {
    start,
    connect(as) {
      if (child === undefined || !isReady) return undefined;
      const { port1, port2 } = new MessageChannelMain();
      send(child, { type: as }, [port1]);
      return port2;
    },
    async stop() {
      cancelRestart?.();
      const target = child;
      isStopped = true;
      if (target === undefined) return;
      const gone = new Promise<void>((resolve) => target.once('exit', () => resolve()));
      send(target, { type: 'stop' });
      const cancelKill = clock.after(stopTime, () => void target.kill());
      await gone;
      cancelKill();
    },
  };
}

function send(child: UtilityProcess, message: ToCore, ports: MessagePortMain[] = []): void {
  child.postMessage(message, ports);
}
