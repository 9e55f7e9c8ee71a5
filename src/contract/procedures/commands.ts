// What the commands of this machine tell a running core, and ask of it.

import { eventIterator, type } from '@orpc/contract';
import { z } from 'zod';
import { keysChangedSchema } from '../control.ts';
import { betweenCommands } from './procedure.ts';

const runTokenSchema = z.object({ token: z.string(), providers: z.array(z.string()) });

export const commandsContract = {
  /** The stored keys are read anew. */
  keysChanged: betweenCommands.output(keysChangedSchema),
  /** Another process has begun or ended a rotation: certificates are read anew. */
  certificatesChanged: betweenCommands.output(type<{ read: true }>()),
  /** May this process be shown what was masked in the exchange? Either way it is on record; an error where it cannot be. */
  reveal: betweenCommands
    .input(z.strictObject({ exchange: z.string().min(1).max(64) }))
    .output(type<{ allowed: boolean }>()),
  /** One event: a local token, and the providers whose key Scrim holds. The token lives as long as the stream. */
  lendToken: betweenCommands.output(eventIterator(runTokenSchema)),
};
