// The user's pip.conf (pip.ini on Windows).

import { join } from 'node:path';
import type { ClientSetup } from '../client-setup.ts';
import { proxyAddress } from '../client-variables.ts';
import { applicationFolder, configFolder, exists, isOnPath, variable } from '../places.ts';
import type { SetupEnvironment } from '../setup-environment.ts';

export const pip: ClientSetup = {
  id: 'pip',
  title: 'pip',
  isAssistant: false,
  installed: async (env) => (await isOnPath(env, 'pip')) || (await isOnPath(env, 'pip3')),
  plan: async (env) => [
    {
      target: { kind: 'file', path: await configurationFile(env) },
      edit: {
        format: 'ini',
        settings: [
          { path: ['global', 'proxy'], value: proxyAddress(env) },
          { path: ['global', 'cert'], value: env.bundlePath },
        ],
      },
    },
  ],
  advice: [],
};

/** As in pip's documentation ("Configuration"): the newer place unless only the older file is there. */
async function configurationFile(env: SetupEnvironment): Promise<string> {
  const named = variable(env, 'PIP_CONFIG_FILE');
  if (named !== undefined && named !== '/dev/null' && named !== 'nul') return named;
  if (env.platform === 'win32') return join(applicationFolder(env), 'pip', 'pip.ini');
  const newer = join(configFolder(env), 'pip', 'pip.conf');
  const ofMac = join(applicationFolder(env), 'pip');
  if (env.platform === 'darwin' && (await exists(ofMac))) return join(ofMac, 'pip.conf');
  const older = join(env.home, '.pip', 'pip.conf');
  return !(await exists(newer)) && (await exists(older)) ? older : newer;
}
