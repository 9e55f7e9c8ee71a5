// `requestOptions` at the top of config.yaml (or of the older config.json) hold for all models.

import { join } from 'node:path';
import type { ClientSetup } from '../client-setup.ts';
import type { Setting } from '../change.ts';
import { proxyAddress } from '../client-variables.ts';
import { exists, isOnPath, variable } from '../places.ts';
import type { SetupEnvironment } from '../setup-environment.ts';

const folder = (env: SetupEnvironment) => variable(env, 'CONTINUE_GLOBAL_DIR') ?? join(env.home, '.continue');

export const continueDev: ClientSetup = {
  id: 'continue',
  title: 'Continue',
  isAssistant: true,
  installed: async (env) => (await isOnPath(env, 'cn')) || (await exists(folder(env))),
  plan: async (env) => {
    const settings: Setting[] = [
      { path: ['requestOptions', 'proxy'], value: proxyAddress(env) },
      { path: ['requestOptions', 'caBundlePath'], value: env.caPath },
    ];
    const yaml = join(folder(env), 'config.yaml');
    const json = join(folder(env), 'config.json');
    // Neither is made here: without name, version and models it would not be a configuration.
    if (await exists(yaml)) {
      const noProxy: Setting = { path: ['requestOptions', 'noProxy'], items: ['localhost', '127.0.0.1', '::1'] };
      return [{ target: { kind: 'file', path: yaml }, edit: { format: 'yaml', settings: [...settings, noProxy] } }];
    }
    return (await exists(json)) ? [{ target: { kind: 'file', path: json }, edit: { format: 'json', settings } }] : [];
  },
  advice: ['A model with requestOptions of its own keeps them: give it the same proxy and caBundlePath.'],
};
