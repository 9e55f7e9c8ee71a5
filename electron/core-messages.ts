// What the main process and the core's process say to each other. Everything else goes over the contract's ports.

import { z } from 'zod';

/** Flags of `scrim start`, checked by the core. */
export const serveFlagsSchema = z.strictObject({
  listen: z.string().optional(),
  ui: z.string().optional(),
  upstreamCa: z.string().optional(),
  upstreamProxy: z.string().optional(),
  resolve: z.array(z.string()).optional(),
  dataDir: z.string().optional(),
  policy: z.string().optional(),
  keys: z.string().optional(),
});
export type StartFlags = z.infer<typeof serveFlagsSchema>;

/** To the core. `window` and `shell` come with a port for the contract, `keychain` with one to the helper process. */
export const toCoreSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('start'), flags: serveFlagsSchema }),
  z.strictObject({ type: z.enum(['window', 'shell']) }),
  z.strictObject({ type: z.literal('keychain'), call: z.number().int() }),
  z.strictObject({ type: z.literal('keychain-ended'), call: z.number().int() }),
  z.strictObject({
    type: z.literal('autostart'),
    call: z.number().int(),
    isOn: z.boolean(),
    /** Why it was not changed: one sentence. */
    problem: z.string().nullable(),
  }),
  z.strictObject({ type: z.literal('stop') }),
]);
export type ToCore = z.infer<typeof toCoreSchema>;

/** From the core. `failed`: it cannot start, the message says what to do; it ends when it is told to, so that this arrives. */
export const fromCoreSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('failed'), message: z.string().max(2_000) }),
  z.strictObject({ type: z.literal('keychain'), call: z.number().int() }),
  z.strictObject({ type: z.literal('end-keychain'), call: z.number().int() }),
  /** `set` null: only asks. */
  z.strictObject({ type: z.literal('autostart'), call: z.number().int(), set: z.boolean().nullable() }),
]);
export type FromCore = z.infer<typeof fromCoreSchema>;
