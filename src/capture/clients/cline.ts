// The command line reads its proxy from the environment only. The editor extension uses the editor's own settings.

import type { ClientSetup } from '../client-setup.ts';
import { assistantVariables } from '../client-variables.ts';
import { isOnPath } from '../places.ts';
import { launcherLines, profileChanges } from '../shell-profiles.ts';

export const cline: ClientSetup = {
  id: 'cline',
  title: 'Cline CLI',
  isAssistant: true,
  installed: (env) => isOnPath(env, 'cline'),
  plan: (env) => profileChanges(env, launcherLines('cline', assistantVariables(env))),
  advice: [
    "End Cline's background process and open a new terminal: both keep their old environment.",
    'The extension is set up with its editor: scrim setup vscode.',
  ],
};
