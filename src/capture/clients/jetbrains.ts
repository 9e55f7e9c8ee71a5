// `options/proxy.settings.xml` of each IDE and version: the page "HTTP Proxy" of the settings.

import { join } from 'node:path';
import type { Change } from '../change.ts';
import type { ClientSetup } from '../client-setup.ts';
import { applicationFolder, exists, namesIn } from '../places.ts';
import type { SetupEnvironment } from '../setup-environment.ts';

const vendors = ['JetBrains', 'Google'];

export const jetbrains: ClientSetup = {
  id: 'jetbrains',
  title: 'JetBrains IDEs',
  isAssistant: true,
  installed: async (env) => (await ideFolders(env)).length > 0,
  plan: async (env) => {
    const { hostname, port } = new URL(env.proxy);
    return (await ideFolders(env)).map((folder): Change => ({
      target: { kind: 'file', path: join(folder, 'options', 'proxy.settings.xml') },
      edit: {
        format: 'options',
        component: 'HttpConfigurable',
        options: { USE_HTTP_PROXY: 'true', USE_PROXY_PAC: 'false', PROXY_HOST: hostname, PROXY_PORT: port || '80' },
      },
    }));
  },
  advice: [
    'Close the IDE before: it writes this file when it ends.',
    "Accept Scrim's certificate in Settings, Tools, Server Certificates, or let the system trust it (scrim ca install).",
    "A local token cannot be written there: the IDE asks for it as the proxy's password.",
  ],
};

/** `IntelliJIdea2026.2`, `PyCharm2026.1`, `AndroidStudio2026.1`, …: folders that an IDE has filled. */
async function ideFolders(env: SetupEnvironment): Promise<string[]> {
  const folders: string[] = [];
  for (const vendor of vendors) {
    const parent = join(applicationFolder(env), vendor);
    for (const name of await namesIn(parent)) {
      if (/^[A-Za-z]+\d{4}\.\d+$/.test(name) && (await exists(join(parent, name, 'options'))))
        folders.push(join(parent, name));
    }
  }
  return folders;
}
