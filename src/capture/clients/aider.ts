// `set-env` of .aider.conf.yml: a list of NAME=value that it puts into its environment before it calls anybody; the last one wins.

import { join } from 'node:path';
import type { ClientSetup } from '../client-setup.ts';
import { assistantVariables } from '../client-variables.ts';
import { exists, isOnPath } from '../places.ts';

export const aider: ClientSetup = {
  id: 'aider',
  title: 'Aider',
  isAssistant: true,
  installed: async (env) => (await isOnPath(env, 'aider')) || (await exists(join(env.home, '.aider.conf.yml'))),
  plan: (env) =>
    Promise.resolve([
      {
        target: { kind: 'file', path: join(env.home, '.aider.conf.yml') },
        edit: {
          format: 'yaml',
          settings: [
            {
              path: ['set-env'],
              items: Object.entries(assistantVariables(env)).map(([name, value]) => `${name}=${value}`),
            },
          ],
        },
      },
    ]),
  advice: ['A "set-env" in a project\'s own .aider.conf.yml hides this one: use "scrim run -- aider" there.'],
};
