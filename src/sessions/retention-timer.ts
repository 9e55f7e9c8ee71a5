// When the log looks after its bounds: now and then, and while there is something to do in small steps with pauses.

import { isBusy } from './errors.ts';
import type { RetentionStep, Retention } from './retention.ts';

/** The first look comes a little after the start, which has other things to do. */
const FIRST_MS = 5_000;
const EVERY_MS = 60_000;
/** At most one part in this many of the time goes into deleting. */
const SHARE = 10;
const AFTER_FAILURE_MS = 300_000;

/**
 * @param onFailure called when a step fails; it is tried again later
 * @returns what ends it
 */
export function keepWithinBounds(
  retention: RetentionStep,
  bounds: () => Retention,
  now: () => number,
  onFailure: (error: unknown) => void,
): () => void {
  let timer = setTimeout(look, FIRST_MS).unref();
  function look(): void {
    let pause = EVERY_MS;
    try {
      const begun = performance.now();
      if (retention.step(bounds(), now())) pause = (performance.now() - begun) * SHARE;
    } catch (error) {
      // Another process is at it.
      if (!isBusy(error)) {
        pause = AFTER_FAILURE_MS;
        onFailure(error);
      }
    }
    timer = setTimeout(look, pause).unref();
  }
  return () => clearTimeout(timer);
}
