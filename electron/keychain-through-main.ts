// In the core's process: a keychain call in a helper process that the main process starts for it.

import type { MessagePortMain } from 'electron';
import type { KeychainHelper, StartKeychain } from '../src/core/keychain-seam.ts';
import type { FromCore } from './core-messages.ts';

export interface KeychainThroughMain {
  readonly start: StartKeychain;
  /** The helper runs, and this is the way to it. */
  opened(call: number, port: MessagePortMain | undefined): void;
  ended(call: number): void;
}

interface Call {
  readonly opened: (port: MessagePortMain) => void;
  readonly ended: () => void;
}

export function keychainThroughMain(tellMain: (message: FromCore) => void): KeychainThroughMain {
  const calls = new Map<number, Call>();
  let last = 0;

  return {
    start({ request, output, ended }): KeychainHelper {
      const call = ++last;
      calls.set(call, {
        opened(port) {
          port.on('message', ({ data }) => {
            if (typeof data === 'string') output(data);
          });
          port.start();
          port.postMessage(request);
        },
        ended: () => ended(true),
      });
      tellMain({ type: 'keychain', call });
      return { kill: () => tellMain({ type: 'end-keychain', call }) };
    },
    opened(call, port) {
      if (port !== undefined) calls.get(call)?.opened(port);
    },
    ended(call) {
      const known = calls.get(call);
      calls.delete(call);
      known?.ended();
    },
  };
}
