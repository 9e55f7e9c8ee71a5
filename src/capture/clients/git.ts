// The user's git configuration: of values that stand twice, git takes the last.

import { join } from 'node:path';
import type { ClientSetup } from '../client-setup.ts';
import { proxyAddress } from '../client-variables.ts';
import { configFolder, exists, isOnPath } from '../places.ts';

export const git: ClientSetup = {
  id: 'git',
  title: 'git',
  isAssistant: false,
  installed: (env) => isOnPath(env, 'git'),
  plan: async (env) => {
    const home = join(env.home, '.gitconfig');
    const xdg = join(configFolder(env), 'git', 'config');
    // Making ~/.gitconfig would move "git config --global" away from the other one.
    const path = !(await exists(home)) && (await exists(xdg)) ? xdg : home;
    return [
      {
        target: { kind: 'file', path },
        edit: {
          format: 'block',
          mark: 'git',
          // git's escapes in double quotes are JSON's.
          lines: [
            '[http]',
            `\tproxy = ${JSON.stringify(proxyAddress(env))}`,
            `\tsslCAInfo = ${JSON.stringify(env.bundlePath)}`,
          ],
        },
      },
    ];
  },
  advice: [],
};
