// Questions and clocks for the tests of the channels.

import { EventEmitter } from 'node:events';
import { asMasked } from '../../../src/base/text.ts';
import type { TimedClock } from '../../../src/base/clock.ts';
import type { Question } from '../../../src/contract/questions.ts';

export const systemClock: TimedClock = {
  now: () => Date.now(),
  after(delay, wake) {
    const timer = setTimeout(wake, delay);
    return () => clearTimeout(timer);
  },
};

export interface HandClock extends TimedClock {
  advance(milliseconds: number): void;
  /** When somebody wants to be woken up after that many milliseconds. */
  armed(delay: number): Promise<void>;
}

/** Stands still until it is moved. */
export function handClock(start: number): HandClock {
  let now = start;
  const armed = new EventEmitter();
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    now: () => now,
    after(delay, wake) {
      const timer = { at: now + delay, wake };
      timers.add(timer);
      armed.emit('armed', delay);
      return () => timers.delete(timer);
    },
    armed: (delay) =>
      new Promise((resolve) => {
        const look = (armedDelay: number): void => {
          if (armedDelay !== delay) return;
          armed.off('armed', look);
          resolve();
        };
        armed.on('armed', look);
      }),
    advance(milliseconds) {
      now += milliseconds;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.wake();
      }
    },
  };
}

export interface QuestionParts {
  readonly action?: string;
  readonly tool?: string;
  readonly program?: string;
  readonly folder?: string | null;
  readonly askedAt?: number;
  /** Milliseconds. */
  readonly lasts?: number;
}

export function questionWith(parts: QuestionParts = {}): Question {
  const askedAt = parts.askedAt ?? Date.now();
  const folder = parts.folder === undefined ? '/home/me/shop' : parts.folder;
  return {
    id: 'q-1',
    exchange: 'e-1',
    session: 's-1',
    askedAt,
    deadline: askedAt + (parts.lasts ?? 60_000),
    kind: 'tool-call',
    tool: asMasked(parts.tool ?? 'Bash'),
    action: asMasked(parts.action ?? 'git push --force origin main'),
    reasons: [{ rule: 'git-force-push', severity: 'high', reason: 'Overwrites the history of a shared branch.' }],
    effects: { runs: [asMasked('git push')], writes: [], hosts: [asMasked('github.com')], credentials: [] },
    program: asMasked(parts.program ?? 'claude'),
    folder: folder === null ? null : asMasked(folder),
    host: asMasked('api.example.com'),
    model: asMasked('model-x'),
  };
}
