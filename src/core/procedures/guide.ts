// The first minutes, for the window.

import { doctorContext } from '../doctor/context.ts';
import { clientsSetUp } from '../../capture/setup.ts';
import { openGuideProgress } from '../guide-state.ts';
import { reachable } from '../machine.ts';
import { commonOf, type CoreParts } from './parts.ts';
import { os } from './implementer.ts';

export function guideProcedures({ options, places, clock, log, status, guideDemo }: CoreParts) {
  const progress = openGuideProgress(places.dataFolder, clock, async () => {
    if (log.sessions({ limit: 1 }).length > 0) return false;
    return (await clientsSetUp(await doctorContext(commonOf(options)).setup())).length === 0;
  });
  return {
    state: os.guide.state.handler(() => progress.state()),
    goTo: os.guide.goTo.handler(({ input: { step } }) => progress.goTo(step)),
    done: os.guide.done.handler(() => progress.done()),
    demonstrate: os.guide.demonstrate.handler(async () => {
      await guideDemo.begin(reachable(status().gateway));
      return { begun: true as const };
    }),
    watch: os.guide.watch.handler(({ signal }) => guideDemo.watch(signal)),
    answer: os.guide.answer.handler(({ input: { verdict } }) => ({ taken: guideDemo.answer(verdict) === 'taken' })),
  };
}
