// Setting clients up from the window: what was shown first is what is done, or nothing.

import { createHash } from 'node:crypto';
import type { ClientChange, Preview } from '../contract/procedures/clients.ts';
import { CoreError } from './core-error.ts';
import type { Setup, SetupOutcome } from './setup.ts';

export interface Wanted {
  readonly clients: readonly string[];
  readonly undo: boolean;
}

const mostLines = 400;

/** `mask`: lines that go may hold somebody's password (a proxy's). */
export async function previewChanges(setup: Setup, wanted: Wanted, mask: (text: string) => string): Promise<Preview> {
  const outcomes = await changed(setup, wanted, true);
  return { changes: outcomes.map((outcome) => shown(outcome, mask)), seen: digestOf(outcomes) };
}

/** Rejects with CoreError `refused` when something else would be done by now than what was seen. */
export async function makeChanges(
  setup: Setup,
  { seen, ...wanted }: Wanted & { readonly seen: string },
  mask: (text: string) => string,
): Promise<ClientChange[]> {
  if (digestOf(await changed(setup, wanted, true)) !== seen)
    throw new CoreError('refused', 'Look at the changes again: a settings file was changed by somebody just now.');
  return (await changed(setup, wanted, false)).map((outcome) => shown(outcome, mask));
}

async function changed(setup: Setup, { clients, undo }: Wanted, isDryRun: boolean): Promise<SetupOutcome[]> {
  const outcomes: SetupOutcome[] = [];
  // One after the other: several clients share a shell profile.
  for (const client of clients)
    for await (const outcome of setup.change({ client, isUndo: undo, isDryRun })) outcomes.push(outcome);
  return outcomes;
}

function digestOf(outcomes: readonly SetupOutcome[]): string {
  const seen = outcomes.map(({ client, steps, problem }) => [client, steps, problem ?? null]);
  return createHash('sha256').update(JSON.stringify(seen)).digest('hex');
}

function shown({ client, title, steps, advice, problem }: SetupOutcome, mask: (text: string) => string): ClientChange {
  return {
    ...{ client, title, advice },
    problem: problem ?? null,
    steps: steps.map(({ target, lines }) => ({ target, lines: lines.slice(0, mostLines).map(mask) })),
  };
}
