// What other processes of Scrim tell this one, and ask of it.

import { openingUser } from '../vault.ts';
import { os } from './implementer.ts';
import type { CoreParts } from './parts.ts';

export function commandsProcedures({ keysChanged, certificatesChanged, mintToken, status, log, clock }: CoreParts) {
  return {
    keysChanged: os.commands.keysChanged.handler(async () => {
      await keysChanged();
      return { providers: status().keys };
    }),
    certificatesChanged: os.commands.certificatesChanged.handler(async () => {
      await certificatesChanged();
      return { read: true as const };
    }),
    reveal: os.commands.reveal.handler(async ({ input: { exchange }, context }) => {
      const { ok: allowed } = await context.caller.may();
      // Throws where it cannot be recorded: then nothing is shown.
      log.reveal({ exchange, at: clock.now(), user: openingUser(), outcome: allowed ? 'shown' : 'refused' });
      return { allowed };
    }),
    lendToken: os.commands.lendToken.handler(async function* ({ signal }) {
      const { token, providers, revoke } = mintToken();
      const ended = new Promise((resolve) => signal?.addEventListener('abort', resolve));
      try {
        yield { token, providers: [...providers] };
        // The connection is the token's life: whoever holds it may crash.
        if (signal?.aborted === false) await ended;
      } finally {
        revoke();
      }
    }),
  };
}
