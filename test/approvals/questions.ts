// What the tests of this folder ask, with a clock that stands still until it is told to go on.

import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { TimedClock } from '../../src/base/clock.ts';
import { asMasked } from '../../src/base/text.ts';
import {
  openApprovals,
  type Approvals,
  type Asked,
  type AskRequest,
  type GivenAnswer,
} from '../../src/approvals/approvals.ts';
import type { Answer } from '../../src/contract/questions.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export interface ManualClock extends TimedClock {
  advance(milliseconds: number): void;
  /** How many wait to be woken. */
  timers(): number;
}

export function manualClock(start = 1_800_000_000_000): ManualClock {
  let now = start;
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now,
    after(delay, wake) {
      const timer = { at: now + delay, wake };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(milliseconds) {
      const until = now + milliseconds;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        now = Math.max(now, next.at);
        next.wake();
      }
      now = until;
    },
    timers: () => timers.size,
  };
}

export function askRequest(changes: Partial<AskRequest> = {}): AskRequest {
  return {
    held: {
      kind: 'tool-call',
      tool: asMasked('bash'),
      action: asMasked('rm -rf build'),
      reasons: [{ rule: 'rm-recursive', severity: 'high', reason: 'Deletes a folder with all that is in it.' }],
      effects: { runs: [asMasked('rm -rf build')], writes: [asMasked('build')], hosts: [], credentials: [] },
    },
    exchange: 'x-1',
    session: 's-1',
    program: asMasked('claude'),
    folder: asMasked('~/code/shop'),
    host: asMasked('api.anthropic.com'),
    model: asMasked('claude-opus'),
    actionKey: 'action-1',
    requestKey: null,
    timeout: 60_000,
    onTimeout: 'deny',
    ...changes,
  };
}

export function given(changes: Partial<GivenAnswer> = {}): GivenAnswer {
  return { verdict: 'allow', by: 'terminal', scope: { kind: 'once' }, note: '', ...changes };
}

export interface OpenedApprovals {
  readonly approvals: Approvals;
  readonly clock: ManualClock;
  readonly folder: string;
  readonly failures: Error[];
  /** Asks; `answers` fills when it is answered. */
  readonly ask: (changes?: Partial<AskRequest>) => Asked & { readonly answers: Answer[] };
}

/** Approvals in a folder of their own, both gone when the test is finished. */
export function openedApprovals({ folder = newFolder(), clock = manualClock() } = {}): OpenedApprovals {
  const failures: Error[] = [];
  const approvals = openApprovals({
    folder,
    clock,
    maskNote(text) {
      if (text === 'unmaskable') throw new Error('masking failed');
      return asMasked(text.replaceAll('hunter2', 'MASKED'));
    },
    onFailure: (error) => void failures.push(error),
  });
  onTestFinished(() => approvals.close());
  return {
    approvals,
    clock,
    folder,
    failures,
    ask(changes) {
      const answers: Answer[] = [];
      return { ...approvals.ask(askRequest(changes), (answer) => void answers.push(answer)), answers };
    },
  };
}

export function newFolder(): string {
  const temporary = temporaryFolder();
  onTestFinished(() => temporary.remove());
  return join(temporary.path, 'approvals');
}

/** Answers are delivered behind this. */
export const delivered = (): Promise<void> => Promise.resolve();
