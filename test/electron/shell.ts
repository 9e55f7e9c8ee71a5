// What the tests of the shell share: a fresh fake Electron, questions, and the core's states.

import { beforeEach } from 'vitest';
import { asMasked } from '../../src/base/text.ts';
import type { Status } from '../../src/contract/control.ts';
import type { Question, Severity } from '../../src/contract/questions.ts';
import type { ShellState } from '../../electron/shell-state.ts';
import { makeReady, resetFake } from '../support/fake-electron.ts';

/** Before each test of the file: Electron as if nothing had run; `ready`: and it is ready. */
export function freshElectron({ ready }: { readonly ready: boolean }): void {
  beforeEach(() => {
    resetFake();
    if (ready) makeReady();
  });
}

/** The moment at which a manual clock stands. */
export const start = 1_800_000_000_000;

export function question(
  id: string,
  {
    action = 'git push --force',
    severity = 'high',
    deadline = start + 60_000,
  }: { readonly action?: string; readonly severity?: Severity; readonly deadline?: number } = {},
): Question {
  return {
    id,
    kind: 'tool-call',
    tool: asMasked('Bash'),
    action: asMasked(action),
    reasons: [{ rule: 'git-force', severity, reason: 'Overwrites what others have pushed.' }],
    effects: { runs: [], writes: [], hosts: [], credentials: [] },
    exchange: `x-${id}`,
    session: 's-1',
    askedAt: start,
    deadline,
    program: asMasked('claude'),
    folder: asMasked('~/shop'),
    host: asMasked('api.anthropic.com'),
    model: null,
  };
}

export function status(changes: Partial<Status> = {}): Status {
  return {
    version: '0.0.0',
    pid: 1,
    proxy: 'http://127.0.0.1:8877',
    gateway: 'http://127.0.0.1:8877',
    ui: 'http://127.0.0.1:8878',
    ca: '/ca.pem',
    mode: 'enforce',
    state: 'on',
    pausedUntil: null,
    policyFile: '/policy.yaml',
    policyProblems: [],
    startedAt: start,
    exchanges: 0,
    open: 0,
    findings: 0,
    questions: 0,
    keys: [],
    ...changes,
  };
}

export function running(changes: Partial<ShellState> = {}): ShellState {
  return { core: 'running', problem: undefined, status: status(), questions: [], ...changes };
}

/** Turns of the event loop, for messages between ports. */
export async function turns(count = 5): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}
