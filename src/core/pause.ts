// A pause: for some minutes Scrim only observes. It ends by itself, and with the process.

import type { TimedClock } from '../base/clock.ts';

export interface Pause extends Disposable {
  /** Milliseconds since the Unix epoch; null: not paused. */
  readonly until: number | null;
  /** Replaces a pause that runs. */
  begin(minutes: number): void;
  end(): void;
}

export function createPause(clock: TimedClock, changed: () => void): Pause {
  let until: number | null = null;
  let cancel: (() => void) | undefined;
  const end = (): void => {
    cancel?.();
    cancel = undefined;
    if (until === null) return;
    until = null;
    changed();
  };
  return {
    get until() {
      // A machine that slept past the end is not paused, whatever its timers say.
      return until !== null && until > clock.now() ? until : null;
    },
    begin(minutes) {
      cancel?.();
      until = clock.now() + minutes * 60_000;
      cancel = clock.after(minutes * 60_000, end);
      changed();
    },
    end,
    [Symbol.dispose]() {
      cancel?.();
    },
  };
}
