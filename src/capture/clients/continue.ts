// `requestOptions` at the top of config.yaml (or of the older config.json): its extensions apply them to every model. Its command line
// does not (1.5.47), and takes proxy and certificate from the environment: the shell gives it one of its own.

import { join } from 'node:path';
import type { ClientSetup } from '../client-setup.ts';
import type { Change, Setting } from '../change.ts';
import { assistantVariables, proxyAddress } from '../client-variables.ts';
import { exists, isOnPath, variable } from '../places.ts';
import type { SetupEnvironment } from '../setup-environment.ts';
import { launcherLines, profileChanges } from '../shell-profiles.ts';

const folder = (env: SetupEnvironment) => variable(env, 'CONTINUE_GLOBAL_DIR') ?? join(env.home, '.continue');

export const continueDev: ClientSetup = {
  id: 'continue',
  title: 'Continue',
  isAssistant: true,
  installed: async (env) => (await isOnPath(env, 'cn')) || (await exists(folder(env))),
  plan: async (env) => {
    const file = await configuration(env);
    const hasLauncher = env.platform !== 'win32' && (await isOnPath(env, 'cn'));
    return [
      ...(file === undefined ? [] : [file]),
      ...(hasLauncher ? await profileChanges(env, launcherLines('cn', assistantVariables(env))) : []),
    ];
  },
  advice: [
    'A model with requestOptions of its own keeps them: give it the same proxy and caBundlePath.',
    'Open a new terminal for the command line: only shells that start from now on know the function "cn".',
  ],
};

/** Neither file is made here: without name, version and models it would not be a configuration. */
async function configuration(env: SetupEnvironment): Promise<Change | undefined> {
  const settings: Setting[] = [
    { path: ['requestOptions', 'proxy'], value: proxyAddress(env) },
    { path: ['requestOptions', 'caBundlePath'], value: env.caPath },
  ];
  const yaml = join(folder(env), 'config.yaml');
  const json = join(folder(env), 'config.json');
  if (await exists(yaml)) {
    const noProxy: Setting = { path: ['requestOptions', 'noProxy'], items: ['localhost', '127.0.0.1', '::1'] };
    return { target: { kind: 'file', path: yaml }, edit: { format: 'yaml', settings: [...settings, noProxy] } };
  }
  if (!(await exists(json))) return undefined;
  return { target: { kind: 'file', path: json }, edit: { format: 'json', settings } };
}
