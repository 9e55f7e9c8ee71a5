// What the shell knows of the core, as one value: everything it shows is drawn from this.

import type { Status } from '../src/contract/control.ts';
import type { Question } from '../src/contract/questions.ts';

/** `starting`: for the first time, or again after it ended. `stopped`: somebody stopped it. */
export type CoreCondition = 'starting' | 'running' | 'stopped' | 'failed';

export interface ShellState {
  readonly core: CoreCondition;
  /** Why it failed: one sentence. */
  readonly problem: string | undefined;
  readonly status: Status | undefined;
  /** Those that wait, in order of asking. */
  readonly questions: readonly Question[];
}

export const atStart: ShellState = { core: 'starting', problem: undefined, status: undefined, questions: [] };

/** `asking`: an output is held. `observing`: nothing is masked or held. `off`: no traffic passes. `failed`: it should, and does not. */
export type TrayCondition = 'on' | 'asking' | 'observing' | 'off' | 'failed';

export function trayCondition({ core, status, questions }: ShellState): TrayCondition {
  switch (core) {
    case 'failed':
      return 'failed';
    case 'starting':
    case 'stopped':
      return 'off';
    case 'running':
      // What waits for the person comes first, whatever the policy says of the rest.
      return questions.length > 0 ? 'asking' : (status?.state ?? 'on');
  }
}

/** One line for tool tip and menu, without a full stop. The time is the local one. */
export function statusLine({ core, status, problem }: ShellState): string {
  if (core === 'failed') return problem ?? 'Scrim has failed and starts again';
  if (core === 'starting') return 'Scrim is starting';
  if (core === 'stopped') return 'Scrim is off: clients that are set up get no answer';
  const until = status?.pausedUntil ?? null;
  if (until !== null) return `Paused until ${timeOfDay(until)}: nothing is masked or held`;
  return status?.state === 'observing' ? 'Observing: nothing is masked or held' : 'Scrim is on';
}

/** `1 output waits for you` */
export function waitingLine(pending: number): string {
  return pending === 1 ? '1 output waits for you' : `${pending} outputs wait for you`;
}

function timeOfDay(at: number): string {
  return new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
