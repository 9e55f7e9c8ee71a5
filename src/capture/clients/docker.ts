// `proxies` of Docker's config.json: given to containers as variables and to builds as arguments.

import { join } from 'node:path';
import type { ClientSetup } from '../client-setup.ts';
import { proxyAddress } from '../client-variables.ts';
import { isOnPath, variable } from '../places.ts';

export const docker: ClientSetup = {
  id: 'docker',
  title: 'Docker',
  isAssistant: false,
  installed: (env) => isOnPath(env, 'docker'),
  plan: (env) => {
    const url = new URL(proxyAddress(env));
    // Docker Desktop leads this name to the machine's own loopback. On Linux only `--network host` does.
    if (env.platform !== 'linux') url.hostname = 'host.docker.internal';
    const proxy = url.href.replace(/\/$/, '');
    return Promise.resolve([
      {
        target: {
          kind: 'file',
          path: join(variable(env, 'DOCKER_CONFIG') ?? join(env.home, '.docker'), 'config.json'),
        },
        edit: {
          format: 'json',
          settings: Object.entries({ httpProxy: proxy, httpsProxy: proxy, noProxy: 'localhost,127.0.0.1,::1' }).map(
            ([name, value]) => ({ path: ['proxies', 'default', name], value }),
          ),
        },
      },
    ]);
  },
  advice: [
    'Containers do not know Scrim\'s certificate: mount what "scrim ca path" prints where they talk to models.',
    'On Linux a container reaches Scrim only with --network host.',
  ],
};
