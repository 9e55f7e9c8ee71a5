// Where the person is in the guide, kept in the data folder: closing the window loses nothing.

import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { guideSteps, type GuideStep } from '../contract/guide-steps.ts';
import type { GuideState } from '../contract/procedures/guide.ts';

const schema = z.object({
  version: z.literal(1),
  step: z.enum(guideSteps),
  isDone: z.boolean(),
  /** Milliseconds since the Unix epoch. */
  at: z.number(),
});
type Kept = z.infer<typeof schema>;

/** A guide that was left in its middle opens again within so many milliseconds; then it was not wanted. */
const resumesWithin = 24 * 3_600_000;

export interface GuideProgress {
  state(): Promise<GuideState>;
  goTo(step: GuideStep): Promise<GuideState>;
  done(): Promise<GuideState>;
}

/** `isUntouched`: nothing is logged, and no client is set up. */
export function openGuideProgress(
  dataFolder: string,
  clock: Clock,
  isUntouched: () => Promise<boolean>,
): GuideProgress {
  const file = join(dataFolder, 'guide.json');
  const read = async (): Promise<Kept | undefined> => {
    try {
      return schema.parse(JSON.parse(await readFile(file, 'utf8')));
    } catch {
      // Not there, or not ours: it begins anew, which costs a click.
      return undefined;
    }
  };
  const write = async (step: GuideStep, isDone: boolean): Promise<GuideState> => {
    const kept: Kept = { version: 1, step, isDone, at: clock.now() };
    const beside = `${file}.new`;
    await writeFile(beside, JSON.stringify(kept), { mode: 0o600 });
    await rename(beside, file);
    return { opens: !isDone, step, isDone };
  };
  /** One after the other: a person who clicks quickly must end where they clicked last. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<GuideState>): Promise<GuideState> => {
    const done = turn.then(work);
    turn = done.catch(() => undefined);
    return done;
  };
  return {
    async state() {
      const kept = await read();
      if (kept === undefined) return { opens: await isUntouched(), step: 'certificate', isDone: false };
      const { step, isDone, at } = kept;
      return { opens: !isDone && clock.now() - at < resumesWithin, step, isDone };
    },
    goTo: (step) => inTurn(async () => write(step, (await read())?.isDone ?? false)),
    done: () => inTurn(async () => write((await read())?.step ?? 'certificate', true)),
  };
}
