import type { TimedClock } from '../../base/clock.ts';

/** `signal` aborts with the one given, and at the deadline (milliseconds since the Unix epoch); `end` frees both. */
export function untilDeadline(
  clock: TimedClock,
  deadline: number,
  withdrawn: AbortSignal,
): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const cancel = clock.after(Math.max(0, deadline - clock.now()), abort);
  withdrawn.addEventListener('abort', abort, { once: true });
  if (withdrawn.aborted) abort();
  return {
    signal: controller.signal,
    end() {
      cancel();
      withdrawn.removeEventListener('abort', abort);
    },
  };
}
