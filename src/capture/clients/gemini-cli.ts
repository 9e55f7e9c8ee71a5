// `.env` in its folder, read after Node has read its roots (measured with 0.61.0): enough for the gateway, which needs no
// certificate, and with an API key. A Google login goes through the proxy and needs the certificate at the start: the shell gives it.
// Started by anything else, such a login fails, and does not go around us.

import { join } from 'node:path';
import type { Change } from '../change.ts';
import type { ClientSetup } from '../client-setup.ts';
import { assistantVariables, dotenvLines } from '../client-variables.ts';
import { exists, isOnPath } from '../places.ts';
import type { SetupEnvironment } from '../setup-environment.ts';
import { launcherLines, profileChanges } from '../shell-profiles.ts';

const folder = (env: SetupEnvironment) => join(env.home, '.gemini');

export const geminiCli: ClientSetup = {
  id: 'gemini',
  title: 'Gemini CLI',
  isAssistant: true,
  installed: async (env) => (await isOnPath(env, 'gemini')) || (await exists(join(folder(env), 'settings.json'))),
  plan: async (env) => {
    const variables = assistantVariables(env);
    const gateway = { GOOGLE_GEMINI_BASE_URL: `${env.gateway}/gemini` };
    const dotenv: Change = {
      target: { kind: 'file', path: join(folder(env), '.env') },
      edit: { format: 'block', mark: 'gemini', lines: dotenvLines({ ...variables, ...gateway }) },
    };
    const launcher = env.platform === 'win32' ? [] : await profileChanges(env, launcherLines('gemini', variables));
    return [dotenv, ...launcher];
  },
  advice: [
    'Open a new terminal: only shells that start from now on know the function "gemini".',
    'A .env file in a project hides the one in your folder: use "scrim run -- gemini" there.',
  ],
};
