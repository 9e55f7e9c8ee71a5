// What Scrim is doing now.

import { eventIterator, type } from '@orpc/contract';
import { z } from 'zod';
import { statusSchema } from '../control.ts';
import { changes, changesFromScripts, shows } from './procedure.ts';

export const statusContract = {
  get: shows.output(statusSchema),
  /** The status now, and again after each change; several changes at once come as one. */
  watch: shows.output(eventIterator(statusSchema)),
  /** Observes only, for so long: nothing is masked or held in exchanges that begin now. All of it is logged. */
  pause: changes.input(z.strictObject({ minutes: z.number().int().min(1).max(480) })).output(statusSchema),
  resume: shows.output(statusSchema),
  /** An address that opens the window in a browser: good once, and for a short time. */
  link: changes
    .input(z.strictObject({ screen: z.string().regex(/^[a-z0-9/-]{0,80}$/) }))
    .output(type<{ url: string }>()),
  /** Answered before the core stops. `scrim stop` works in scripts; a window is the person's, and its caller is looked at. */
  stop: changesFromScripts.output(type<{ stopping: true }>()),
};
