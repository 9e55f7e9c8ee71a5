// The command line reads its proxy from the environment only, so the shell gives it one of its own.

import type { ClientSetup } from '../client-setup.ts';
import { assistantVariables } from '../client-variables.ts';
import { isOnPath } from '../places.ts';
import { launcherLines, profileChanges } from '../shell-profiles.ts';

export const copilot: ClientSetup = {
  id: 'copilot',
  title: 'GitHub Copilot CLI',
  isAssistant: true,
  installed: (env) => isOnPath(env, 'copilot'),
  plan: (env) => profileChanges(env, launcherLines('copilot', assistantVariables(env))),
  advice: ['Open a new terminal: only shells that start from now on know the function "copilot".'],
};
