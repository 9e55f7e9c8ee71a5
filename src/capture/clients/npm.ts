// The user's .npmrc: of keys that stand twice, npm takes the last; keys of a section are none of npm's.

import { join } from 'node:path';
import type { ClientSetup } from '../client-setup.ts';
import { proxyAddress } from '../client-variables.ts';
import { isOnPath, variable } from '../places.ts';

export const npm: ClientSetup = {
  id: 'npm',
  title: 'npm',
  isAssistant: false,
  installed: (env) => isOnPath(env, 'npm'),
  plan: (env) => {
    const quoted = JSON.stringify(proxyAddress(env));
    return Promise.resolve([
      {
        target: { kind: 'file', path: variable(env, 'NPM_CONFIG_USERCONFIG') ?? join(env.home, '.npmrc') },
        edit: {
          format: 'block',
          mark: 'npm',
          lines: [`proxy=${quoted}`, `https-proxy=${quoted}`, `cafile=${JSON.stringify(env.bundlePath)}`],
          beforeSections: true,
        },
      },
    ]);
  },
  advice: [],
};
