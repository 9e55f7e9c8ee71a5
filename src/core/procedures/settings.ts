// What Scrim runs with, for the window.

import { masked } from '../../exchange/masked.ts';
import { CoreError } from '../core-error.ts';
import { diagnosticsOf } from '../diagnostics.ts';
import { beginLooks } from '../doctor.ts';
import { bundledLicences } from '../licences.ts';
import { tryQuestion } from '../question-ways.ts';
import { finishRotation, renewBundle } from '../renewal.ts';
import { autostartOf, authorityRows, settingsPage } from '../settings-page.ts';
import { commonOf, type CoreParts } from './parts.ts';
import { os } from './implementer.ts';

export function settingsProcedures(parts: CoreParts) {
  const { options, places, stores, clock, authority, inForce, policy } = parts;
  return {
    get: os.settings.get.handler(() => settingsPage(parts)),
    autostart: os.settings.autostart.handler(async ({ input: { on } }) => {
      if (options.autostart === undefined)
        throw new CoreError('usage', 'Use the desktop app for this: this Scrim was started without it.');
      await options.autostart.set(on);
      return autostartOf(options.autostart);
    }),
    testQuestion: os.settings.testQuestion.handler(async () => ({ way: await tryQuestion(clock, options.env) })),
    rotate: os.settings.rotate.handler(async ({ input: { now } }) => {
      await authority.rotate();
      if (now) await finishRotation(authority, places, 0);
      else await renewBundle(authority, places);
      return authorityRows(authority);
    }),
    diagnostics: os.settings.diagnostics.handler(async () => {
      const looks = beginLooks(commonOf(options), { stores });
      const results = (await Promise.all(looks.map((look) => look.results))).flat();
      return diagnosticsOf(parts, results, (text) => masked(inForce().masking(policy().masking), text));
    }),
    licences: os.settings.licences.handler(() => bundledLicences()),
  };
}
