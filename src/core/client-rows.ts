// The clients of this machine as the window lists them: what their settings say, and what runs now.

import { allRecords, writtenAt } from '../capture/journal.ts';
import type { ClientRow, ClientState } from '../contract/procedures/clients.ts';
import { reasonOf } from './doctor/check.ts';
import { doctorContext, type FoundClient } from './doctor/context.ts';
import { commandOf, findRunning, type RunningClient } from './doctor/running-clients.ts';
import type { Common } from './inspect.ts';

/** A process is taken for older than its settings when it is by so much: its start is known to a second. */
const margin = 1_500;
const mostListed = 10;

export async function clientRows(common: Common): Promise<readonly ClientRow[]> {
  const context = doctorContext(common);
  const setup = await context.setup();
  const [found, running, records] = await Promise.all([
    context.clients(),
    findRunning(context).catch(() => []),
    allRecords(setup),
  ]);
  const isSetUp = new Set(records.flatMap(({ layers }) => layers.map(({ client }) => client)));
  return await Promise.all(
    found.map(async (each) => {
      const { id, title, isAssistant, advice } = each.client;
      const outside = running.filter(({ client, goesThrough }) => client === id && goesThrough === false);
      const at = each.status === 'captured' ? await writtenAt(setup, id) : undefined;
      const past = at === undefined ? outside : outside.filter(({ startedAt }) => isOlder(startedAt, at));
      const command = commandOf(id);
      return {
        client: id,
        title,
        isAssistant,
        state: stateOf(each, past),
        isSetUp: isSetUp.has(id),
        problem: each.error === undefined ? null : reasonOf(each.error),
        outside: past.map(({ pid }) => pid).slice(0, mostListed),
        run: command === undefined ? null : `scrim run -- ${command}`,
        advice,
      };
    }),
  );
}

function isOlder(startedAt: number | undefined, at: number): boolean {
  return startedAt !== undefined && startedAt + margin < at;
}

function stateOf({ status, error }: FoundClient, past: readonly RunningClient[]): ClientState {
  if (error !== undefined) return 'unknown';
  switch (status) {
    case 'absent':
      return 'absent';
    case 'not-captured':
      return 'around';
    case 'changed':
      return 'changed';
    case 'captured':
      return past.length > 0 ? 'restart' : 'through';
  }
}
