// Certificates that clients are given, kept as the authority has them: after a rotation, and when a policy needed another one.

import { renewCaBundle } from '../capture/ca-bundle.ts';
import type { Authority } from '../certificates/authority.ts';
import type { CoreEvent } from '../contract/core-events.ts';
import type { Locations } from '../settings/locations.ts';
import { bundlePathOf } from './machine.ts';

const hour = 3_600_000;

export interface Renewal extends Disposable {
  /** Looks now. Neither rejects: what went wrong is emitted. */
  now(): Promise<void>;
  /** After the policy needed another authority. */
  bundle(): Promise<void>;
}

/** Looks every hour, since a rotation ends by time and may have been begun by another process. */
export function keepCertificates(authority: Authority, places: Locations, emit: (event: CoreEvent) => void): Renewal {
  const tell = (message: string): void => emit({ event: 'failure', code: 'certificates', message });
  const told = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      tell((error as Error).message);
    }
  };
  const look = async (): Promise<void> => {
    if (await finishRotation(authority, places))
      tell('Start clients again, and run scrim ca install where a store knew the old certificate: it was replaced.');
  };
  const now = (): Promise<void> => told(look);
  const timer = setInterval(() => void now(), hour).unref();
  return {
    now,
    bundle: () => told(() => renewBundle(authority, places)),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Lets a successor take over whose time has come. True when the certificate file or a signer changed. Rejects as `finishRotation` does. */
export async function finishRotation(authority: Authority, places: Locations, grace?: number): Promise<boolean> {
  const isChanged = await authority.finishRotation(grace);
  await renewBundle(authority, places);
  return isChanged;
}

/** For clients whose setting replaces their roots. */
export async function renewBundle(authority: Authority, places: Locations): Promise<void> {
  await renewCaBundle({ caPem: authority.certificatesPem(), path: bundlePathOf(places) });
}
