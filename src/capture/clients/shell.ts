// Every program that is started from a shell: exports in its profile; on Windows the user's variables.

import { basename } from 'node:path';
import type { ClientSetup } from '../client-setup.ts';
import { allVariables } from '../client-variables.ts';
import { variable } from '../places.ts';
import { fishQuoted, posixQuoted, profileChanges } from '../shell-profiles.ts';

export const shell: ClientSetup = {
  id: 'shell',
  title: 'Shell profile',
  isAssistant: false,
  installed: (env) =>
    Promise.resolve(
      env.platform === 'win32' || ['bash', 'zsh', 'fish'].includes(basename(variable(env, 'SHELL') ?? '')),
    ),
  plan: async (env) => {
    const pairs = Object.entries(allVariables(env));
    if (env.platform === 'win32') {
      // Windows does not tell upper from lower case.
      const upper = new Map(pairs.map(([name, value]) => [name.toUpperCase(), value]));
      return [...upper].map(([name, value]) => ({
        target: { kind: 'setting', store: 'registry', key: `HKCU\\Environment|${name}` },
        edit: { format: 'value', value: `REG_SZ ${value}` },
      }));
    }
    return await profileChanges(env, {
      mark: 'shell',
      posix: pairs.map(([name, value]) => `export ${name}=${posixQuoted(value)}`),
      fish: pairs.map(([name, value]) => `set -gx ${name} ${fishQuoted(value)}`),
    });
  },
  advice: [
    'Open a new terminal (on Windows: sign in again): variables reach only what starts from now on.',
    'Every program of these shells needs a running Scrim from now on; "scrim setup shell --undo" takes it back.',
  ],
};
