// `.env` in its folder. It starts itself again as a child, which then reads the certificates too.

import { join } from 'node:path';
import type { ClientSetup } from '../client-setup.ts';
import { assistantVariables, dotenvLines } from '../client-variables.ts';
import { exists, isOnPath } from '../places.ts';
import type { SetupEnvironment } from '../setup-environment.ts';

const folder = (env: SetupEnvironment) => join(env.home, '.gemini');

export const geminiCli: ClientSetup = {
  id: 'gemini',
  title: 'Gemini CLI',
  isAssistant: true,
  installed: async (env) => (await isOnPath(env, 'gemini')) || (await exists(join(folder(env), 'settings.json'))),
  plan: (env) =>
    Promise.resolve([
      {
        target: { kind: 'file', path: join(folder(env), '.env') },
        edit: { format: 'block', mark: 'gemini', lines: dotenvLines(assistantVariables(env)) },
      },
    ]),
  advice: ['A .env file in a project hides this one: use "scrim run -- gemini" there.'],
};
