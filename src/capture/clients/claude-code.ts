// `env` of settings.json: read by the command line and by its editor extensions (measured with 2.1.328).

import { join } from 'node:path';
import type { ClientSetup } from '../client-setup.ts';
import { assistantVariables } from '../client-variables.ts';
import { exists, isOnPath, variable } from '../places.ts';
import type { SetupEnvironment } from '../setup-environment.ts';

const folder = (env: SetupEnvironment) => variable(env, 'CLAUDE_CONFIG_DIR') ?? join(env.home, '.claude');

export const claudeCode: ClientSetup = {
  id: 'claude',
  title: 'Claude Code',
  isAssistant: true,
  installed: async (env) => (await isOnPath(env, 'claude')) || (await exists(folder(env))),
  plan: (env) =>
    Promise.resolve([
      {
        target: { kind: 'file', path: join(folder(env), 'settings.json') },
        edit: {
          format: 'json',
          settings: Object.entries(assistantVariables(env)).map(([name, value]) => ({ path: ['env', name], value })),
        },
      },
    ]),
  advice: ['Start Claude Code again: it reads its settings when it starts.'],
};
