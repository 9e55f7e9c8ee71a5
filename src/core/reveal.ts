// scrim sessions reveal: what was masked in one exchange, for the person at the terminal. Asked of the running instance first,
// which knows the programs that must not see it, and on record before anything is read.

import { join } from 'node:path';
import { mayAnswer } from '../identity/answer-guard.ts';
import { createGuardedProcesses } from '../identity/guarded-processes.ts';
import { createIdentity } from '../identity/identity.ts';
import { openSessionLog } from '../sessions/sessions.ts';
import { findInstance } from '../settings/instance.ts';
import { shownText } from '../contract/shown-text.ts';
import { isKept, openRecord, type Original } from '../vault/vault.ts';
import { askInstance } from './control-client.ts';
import { CoreError } from './core-error.ts';
import { systemClock } from './home.ts';
import { placesOf, type Common } from './inspect.ts';
import { openKeyStores } from './key-stores.ts';
import { openingUser, vaultFileOf } from './vault.ts';

/** Rejects with CoreError `not-found` where there is nothing to show. */
export async function findOriginals(common: Common, exchange: string): Promise<void> {
  const file = vaultFileOf(placesOf(common).dataFolder);
  if (!(await isKept({ file, clock: systemClock }, exchange)))
    throw new CoreError(
      'not-found',
      `The vault holds nothing of "${exchange}": name an exchange with findings (scrim sessions show), recorded while sessions.originals kept them and not longer ago.`,
    );
}

/** Rejects with CoreError `refused` where a guarded program may be asking; then, too, it is on record. */
export async function revealOriginals(common: Common, exchange: string): Promise<readonly Original[]> {
  await findOriginals(common, exchange);
  await permit(common, exchange);
  const places = placesOf(common);
  const stores = await openKeyStores(places, common);
  const originals = await openRecord({ file: vaultFileOf(places.dataFolder), stores, clock: systemClock }, exchange);
  if (originals === undefined)
    throw new CoreError('not-found', `What the vault held of "${exchange}" has just expired.`);
  return originals;
}

/** Fit for a terminal. */
export function describeOriginals(originals: readonly Original[]): string {
  return originals
    .map(({ side, channel, rule, start, end, value }) => {
      const title = `${side} ${shownText(channel)}, ${shownText(rule)} at ${start}-${end}`;
      if (value === null) return `${title}: not kept`;
      return [
        title,
        ...shownText(value)
          .split('\n')
          .map((line) => `│ ${line}`),
      ].join('\n');
    })
    .join('\n');
}

async function permit(common: Common, exchange: string): Promise<void> {
  const instance = await findInstance(placesOf(common).instanceFile);
  if (instance?.ui == null) return permitHere(common, exchange);
  const { allowed } = await askInstance(instance, ({ commands }) => commands.reveal({ exchange }));
  if (!allowed) throw new CoreError('refused', revealRefusal);
}

/** Nobody guards anything now, but what was started below `scrim run` is known by its marker. */
async function permitHere(common: Common, exchange: string): Promise<void> {
  const identity = createIdentity();
  const permission = mayAnswer(await identity.facts(process.pid), createGuardedProcesses());
  identity.close();
  const log = openSessionLog({
    folder: join(placesOf(common).dataFolder, 'sessions'),
    clock: systemClock,
    onFailure: () => undefined,
  });
  try {
    const outcome = permission.ok ? 'shown' : 'refused';
    // Throws where it cannot be recorded: then nothing is shown.
    log.reveal({ exchange, at: systemClock.now(), user: openingUser(), outcome });
  } finally {
    log.end();
  }
  if (!permission.ok) throw new CoreError('refused', revealRefusal);
}

/** The same sentence for every reason: which one it was helps nobody but a program that tries. */
const revealRefusal =
  'Open originals in a terminal of your own: this one was opened from a program whose requests Scrim guards, or Scrim cannot tell.';
