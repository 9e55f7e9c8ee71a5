// May the process behind a control connection answer a question? Not when it may be the assistant that is being asked about.
// What this stops and what it does not: SECURITY.md.

import type { GuardedProcesses } from './guarded-processes.ts';
import type { ProcessFacts } from './process-facts.ts';

export type AnswerPermission = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const elsewhere = 'use a terminal that was not opened from it, the notification or the dialog.';
const other = 'use a terminal of your own, the notification or the dialog.';

/**
 * `answerer`: as read when the connection came. `where`: in a terminal, or in a window that was paired with this run: a browser
 * has no terminal. `reason`: one sentence for the person.
 *
 * SECURITY: what cannot be found out counts as a no.
 */
export function mayAnswer(
  answerer: ProcessFacts | undefined,
  guarded: GuardedProcesses,
  where: 'terminal' | 'window' = 'terminal',
): AnswerPermission {
  if (answerer === undefined)
    return no(`Scrim cannot see which process this came from, so it does not count; ${other}`);
  const client = [answerer, ...answerer.parents].find((process) => guarded.has(process));
  if (client !== undefined) {
    return no(
      `This came from below ${client.program} (process ${client.pid}), whose own requests Scrim guards; ${elsewhere}`,
    );
  }
  if (answerer.marked === true) {
    return no(`This came from a program that was started below \`scrim run\`; ${elsewhere}`);
  }
  if (answerer.marked === null) {
    return no(`Scrim cannot see how the process that gave this answer was started, so it does not count; ${other}`);
  }
  if (guarded.isFull()) {
    return no(
      'So many programs use Scrim that it cannot tell who answers; answer in the notification or in the dialog.',
    );
  }
  if (where === 'window') return { ok: true };
  if (answerer.terminal === false) return no(`This came from a process without a terminal; ${other}`);
  if (answerer.attached === false) {
    return no(`This came from a process that is no longer part of its terminal's session; ${other}`);
  }
  return { ok: true };
}

const no = (reason: string) => ({ ok: false, reason }) as const;
