// Base URLs of its providers: its window talks to a server of its own on loopback, so no proxy variable could be set without care.

import { join } from 'node:path';
import type { ClientSetup } from '../client-setup.ts';
import { configFolder, exists, isOnPath } from '../places.ts';
import type { SetupEnvironment } from '../setup-environment.ts';

const folder = (env: SetupEnvironment) => join(configFolder(env), 'opencode');

/** Provider, and what follows the gateway's address; the AI SDK wants the version in it. */
const providers = { anthropic: '/anthropic/v1', openai: '/openai/v1', google: '/gemini/v1beta' };

export const opencode: ClientSetup = {
  id: 'opencode',
  title: 'opencode',
  isAssistant: true,
  installed: async (env) => (await isOnPath(env, 'opencode')) || (await exists(folder(env))),
  plan: async (env) => {
    const withComments = join(folder(env), 'opencode.jsonc');
    const path = (await exists(withComments)) ? withComments : join(folder(env), 'opencode.json');
    return [
      {
        target: { kind: 'file', path },
        edit: {
          format: 'json',
          settings: Object.entries(providers).map(([name, end]) => ({
            path: ['provider', name, 'options', 'baseURL'],
            value: `${env.gateway}${end}`,
          })),
        },
      },
    ];
  },
  advice: ['With a subscription login opencode uses addresses of its own: start it with "scrim run -- opencode" then.'],
};
