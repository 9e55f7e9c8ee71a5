// In the core's process: the window's switch "start at login", which only the main process can turn.

import { CoreError } from '../src/core/core-error.ts';
import type { AutostartSwitch } from '../src/core/serve-options.ts';
import type { FromCore, ToCore } from './core-messages.ts';

type Answer = Extract<ToCore, { type: 'autostart' }>;

export interface AutostartThroughMain {
  readonly autostart: AutostartSwitch;
  readonly answered: (answer: Answer) => void;
}

export function autostartThroughMain(tellMain: (message: FromCore) => void): AutostartThroughMain {
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  const ask = (set: boolean | null): Promise<Answer> =>
    new Promise((resolve) => {
      waiting.set(++last, resolve);
      tellMain({ type: 'autostart', call: last, set });
    });
  return {
    autostart: {
      isOn: async () => (await ask(null)).isOn,
      async set(on) {
        const { problem } = await ask(on);
        if (problem !== null) throw new CoreError('usage', problem);
      },
    },
    answered(answer) {
      waiting.get(answer.call)?.(answer);
      waiting.delete(answer.call);
    },
  };
}
