// What Scrim is doing, and pausing it.

import type { CoreParts } from './parts.ts';
import { os } from './implementer.ts';

/** Changes that come closer together than this are told as one, in milliseconds. */
const settleTime = 100;

export function statusProcedures({ status, pause, link, stop, events, clock }: CoreParts) {
  return {
    get: os.status.get.handler(() => status()),
    watch: os.status.watch.handler(async function* ({ signal }) {
      const changes = events(signal)[Symbol.asyncIterator]();
      let next = changes.next();
      for (;;) {
        yield status();
        if ((await next).done === true) return;
        next = changes.next();
        await new Promise<void>((resolve) => clock.after(settleTime, resolve));
      }
    }),
    pause: os.status.pause.handler(({ input }) => {
      pause.begin(input.minutes);
      return status();
    }),
    resume: os.status.resume.handler(() => {
      pause.end();
      return status();
    }),
    link: os.status.link.handler(({ input }) => ({ url: link(input.screen) })),
    stop: os.status.stop.handler(() => {
      // After the answer has left.
      clock.after(50, stop);
      return { stopping: true as const };
    }),
  };
}
