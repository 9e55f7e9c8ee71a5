// The shell's one view of the core, over all its runs: what it does now, and a way to ask it.

import type { MessagePortMain } from 'electron';
import { messagePortClient } from '../src/contract/client.ts';
import type { ScrimClient } from '../src/contract/contract.ts';
import type { Autostart } from './autostart.ts';
import type { Clock } from './clock.ts';
import type { StartFlags } from './core-messages.ts';
import { createCoreProcess } from './core-process-host.ts';
import { followCore } from './follow-core.ts';
import { atStart, type ShellState } from './shell-state.ts';

export interface CoreLink {
  readonly state: () => ShellState;
  /** Undefined while the core does not run. */
  readonly client: () => ScrimClient | undefined;
  /** `otherwise`: it does not run, or refused. */
  readonly ask: (what: (core: ScrimClient) => Promise<unknown>, otherwise: () => void) => void;
  readonly start: () => void;
  /** Ends it in order. */
  readonly stop: () => Promise<void>;
  /** A port for a window; undefined while the core does not run. */
  readonly connectWindow: () => MessagePortMain | undefined;
}

export interface CoreLinkOptions {
  readonly clock: Clock;
  readonly flags: StartFlags;
  readonly autostart: Autostart;
  readonly changed: (state: ShellState) => void;
  /** It runs (again): ports of the run before are dead. */
  readonly runs: () => void;
}

export function linkCore({ clock, flags, autostart, changed, runs }: CoreLinkOptions): CoreLink {
  let state = atStart;
  let client: ScrimClient | undefined;
  let stopFollowing = (): void => undefined;
  const change = (changes: Partial<ShellState>): void => {
    state = { ...state, ...changes };
    changed(state);
  };
  const core = createCoreProcess({
    clock,
    flags,
    autostart,
    changed(condition, problem) {
      stopFollowing();
      client = undefined;
      const port = condition === 'running' ? core.connect('shell') : undefined;
      if (port !== undefined) {
        client = messagePortClient(port);
        stopFollowing = followCore(client, clock, {
          status: (status) => change({ status }),
          questions: (questions) => change({ questions }),
        });
      }
      change({ core: condition, problem, status: undefined, questions: [] });
      if (port !== undefined) runs();
    },
  });
  return {
    state: () => state,
    client: () => client,
    ask(what, otherwise) {
      if (client === undefined) otherwise();
      else what(client).catch(otherwise);
    },
    start: () => core.start(),
    stop: () => core.stop(),
    connectWindow: () => core.connect('window'),
  };
}
