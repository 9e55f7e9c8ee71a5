// How one process of Scrim speaks to the running instance: the contract, with the token that lies in the instance's file.

import { ORPCError } from '@orpc/client';
import { httpClient } from '../contract/client.ts';
import type { ScrimClient } from '../contract/contract.ts';
import { tokenHeader } from '../contract/control.ts';
import type { Instance } from '../settings/instance.ts';
import { CoreError } from './core-error.ts';

/** Calls the running instance. Rejects with CoreError, and the core's own sentence where it sent one. */
export async function askInstance<Answer>(
  { ui, controlToken }: Instance,
  ask: (client: ScrimClient) => Promise<Answer>,
): Promise<Answer> {
  if (ui === null) throw new CoreError('not-running', 'The running Scrim has no control interface; end its process.');
  try {
    return await ask(httpClient({ url: ui, headers: () => ({ [tokenHeader]: controlToken }) }));
  } catch (error) {
    if (!(error instanceof ORPCError)) throw error;
    // Its own sentences have these two codes; input that it cannot read has the second, with data.
    const isSentence = error.code === 'FORBIDDEN' || (error.code === 'BAD_REQUEST' && error.data === undefined);
    throw new CoreError(
      'refused',
      isSentence ? error.message : `The running Scrim refused (${error.status}); start it again.`,
    );
  }
}
