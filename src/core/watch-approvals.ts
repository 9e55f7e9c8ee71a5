// What happens to questions and grants, as a stream for whoever shows them.

import type { Approvals } from '../approvals/approvals.ts';
import type { Clock } from '../base/clock.ts';
import type { ApprovalsEvent } from '../contract/procedures/approvals.ts';

/** Events kept for a slow reader. One that is slower is told anew what waits. */
const mostUntold = 200;

/** Begins with what waits now; ends with `signal`. */
export async function* watchApprovals(
  approvals: Pick<Approvals, 'open' | 'listen'>,
  clock: Clock,
  signal: AbortSignal | undefined,
): AsyncGenerator<ApprovalsEvent> {
  const untold: ApprovalsEvent[] = [];
  let wake = (): void => undefined;
  const waiting = (): ApprovalsEvent => ({ kind: 'waiting', now: clock.now(), questions: approvals.open() });
  const tell = (event: ApprovalsEvent): void => {
    // Grants are read anew by whoever hears of them, so their event must not get lost either.
    if (untold.length >= mostUntold) untold.splice(0, untold.length, waiting(), { kind: 'grants', now: clock.now() });
    else untold.push(event);
    wake();
  };
  const endListening = approvals.listen({
    asked: (question) => tell({ kind: 'asked', now: clock.now(), question }),
    changed: (question) => tell({ kind: 'changed', now: clock.now(), question }),
    answered: (question, answer) => tell({ kind: 'answered', now: clock.now(), question, answer }),
    grantsChanged: () => tell({ kind: 'grants', now: clock.now() }),
  });
  const ended = (): void => wake();
  signal?.addEventListener('abort', ended);
  try {
    yield waiting();
    while (signal?.aborted !== true) {
      const next = untold.shift();
      if (next === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else yield next;
    }
  } finally {
    signal?.removeEventListener('abort', ended);
    endListening();
  }
}
