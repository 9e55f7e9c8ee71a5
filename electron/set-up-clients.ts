// Which clients go through Scrim, asked from the core over the contract.

import type { ScrimClient } from '../src/contract/contract.ts';
import type { SetUpClients } from './quit.ts';

/** The person waits: a core that has not answered by then cannot tell. Milliseconds. */
const patience = 5_000;

/** @param core undefined while the core does not run */
export function setUpClients(core: () => Pick<ScrimClient, 'clients'> | undefined): SetUpClients {
  return {
    async list() {
      const page = await core()?.clients.list(undefined, { signal: AbortSignal.timeout(patience) });
      return page?.clients.filter(({ isSetUp }) => isSetUp);
    },
    async undo(found) {
      const client = core();
      if (client === undefined) return ['Start Scrim again and undo it there: its core does not run.'];
      const clients = found.map((each) => each.client);
      // Undone is what a preview showed, nothing else.
      const { seen } = await client.clients.preview({ clients, undo: true });
      const done = await client.clients.change({ clients, undo: true, seen });
      return done.flatMap(({ title, problem }) => (problem === null ? [] : [`${title}: ${problem}`]));
    },
  };
}
