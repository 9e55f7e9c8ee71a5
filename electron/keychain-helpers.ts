// Helper processes for the system's keychain. The core cannot start them itself: only the main process may fork, and the app
// is no Node that could be spawned (fuse RunAsNode).
//
// SECURITY: secrets go over a port between helper and core; they do not pass through here.

import { MessageChannelMain, utilityProcess, type MessagePortMain, type UtilityProcess } from 'electron';
import { keychainEnvironment } from '../src/core/keychain-seam.ts';
import type { ToCore } from './core-messages.ts';
import { keychainFile } from './places.ts';

export interface KeychainHelpers {
  start(call: number): void;
  end(call: number): void;
  /** The core is gone: so are its helpers. */
  close(): void;
}

/** More at once is no keychain call of ours. */
const mostAtOnce = 16;

export function startKeychainHelpers(core: UtilityProcess): KeychainHelpers {
  const running = new Map<number, UtilityProcess>();
  const tell = (message: ToCore, ports: MessagePortMain[] = []): void => core.postMessage(message, ports);
  return {
    start(call) {
      if (running.has(call)) return;
      if (running.size >= mostAtOnce) {
        tell({ type: 'keychain-ended', call });
        return;
      }
      const { port1, port2 } = new MessageChannelMain();
      const helper = utilityProcess.fork(keychainFile, [], {
        serviceName: 'Scrim keychain',
        stdio: 'ignore',
        env: keychainEnvironment(process.env),
      });
      running.set(call, helper);
      helper.once('exit', () => {
        running.delete(call);
        tell({ type: 'keychain-ended', call });
      });
      helper.postMessage(null, [port1]);
      tell({ type: 'keychain', call }, [port2]);
    },
    end: (call) => kill(running.get(call)),
    close: () => running.forEach(kill),
  };
}

/** By force: a call that waits for a prompt ends in no other way. */
function kill(helper: UtilityProcess | undefined): void {
  if (helper?.pid === undefined) return;
  try {
    process.kill(helper.pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
