// The proxy of the whole desktop: GNOME, macOS, Windows. With a PAC address only model hosts are led to Scrim, else everything is.

import type { Change, StoreName } from '../change.ts';
import type { ClientSetup } from '../client-setup.ts';
import { isOnPath } from '../places.ts';
import type { SetupEnvironment } from '../setup-environment.ts';
import { networkServices } from '../stores/networksetup.ts';
import { settingStores } from '../stores/setting-stores.ts';

const internetSettings = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';
const loopback = ['localhost', '127.0.0.1', '::1'];

export const systemProxy: ClientSetup = {
  id: 'system',
  title: 'System proxy',
  isAssistant: false,
  installed: async (env) => env.platform !== 'linux' || (await isOnPath(env, 'gsettings')),
  plan: async (env) => {
    if (env.platform === 'darwin') return await mac(env);
    return env.platform === 'win32' ? windows(env) : gnome(env);
  },
  advice: [
    'While Scrim does not run, programs of this desktop fail or, where they cannot load its PAC file, go without it; "scrim setup system --undo" takes it back.',
    'Graphical programs take their roots from the system: scrim ca install.',
  ],
};

/** The mode comes last: until then nothing is in force. */
function gnome({ proxy, pacUrl }: SetupEnvironment): Change[] {
  const { hostname, port } = address(proxy);
  const quoted = (text: string) => `'${text}'`;
  const set = (key: string, value: string) => setting('gsettings', `org.gnome.system.${key}`, value);
  if (pacUrl !== undefined) return [set('proxy autoconfig-url', quoted(pacUrl)), set('proxy mode', quoted('auto'))];
  return [
    set('proxy.http host', quoted(hostname)),
    set('proxy.http port', port),
    set('proxy.https host', quoted(hostname)),
    set('proxy.https port', port),
    set('proxy mode', quoted('manual')),
  ];
}

async function mac({ proxy, pacUrl, run }: SetupEnvironment): Promise<Change[]> {
  const { hostname, port } = address(proxy);
  const changes: Change[] = [];
  for (const service of await networkServices(run)) {
    if (pacUrl !== undefined) {
      changes.push(setting('networksetup', `auto:${service}`, `on ${pacUrl}`));
      continue;
    }
    const bypassed = (await settingStores.networksetup.read(run, `bypass:${service}`)) ?? '';
    const all = [...new Set([...bypassed.split(' ').filter((host) => host !== ''), ...loopback])];
    changes.push(
      setting('networksetup', `bypass:${service}`, all.join(' ')),
      setting('networksetup', `web:${service}`, `on ${hostname}:${port}`),
      setting('networksetup', `secureweb:${service}`, `on ${hostname}:${port}`),
    );
  }
  return changes;
}

function windows({ proxy, pacUrl }: SetupEnvironment): Change[] {
  const { hostname, port } = address(proxy);
  const set = (name: string, value: string) => setting('registry', `${internetSettings}|${name}`, value);
  if (pacUrl !== undefined) return [set('AutoConfigURL', `REG_SZ ${pacUrl}`)];
  return [
    set('ProxyServer', `REG_SZ ${hostname}:${port}`),
    set('ProxyOverride', 'REG_SZ localhost;127.*;[::1];<local>'),
    set('ProxyEnable', 'REG_DWORD 0x1'),
  ];
}

function setting(store: StoreName, key: string, value: string): Change {
  return { target: { kind: 'setting', store, key }, edit: { format: 'value', value } };
}

function address(proxy: string): { hostname: string; port: string } {
  const { hostname, port } = new URL(proxy);
  return { hostname, port: port === '' ? '80' : port };
}
