// A machine of any system with everything installed: a home of its own, and the programs that keep settings played in memory.

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunCommand } from '../../src/base/command.ts';
import type { SetupEnvironment } from '../../src/capture/setup-environment.ts';

export type Platform = SetupEnvironment['platform'];

export interface FakeMachine extends Disposable {
  readonly home: string;
  readonly env: SetupEnvironment;
  /** What the programs keep: "org.gnome.system.proxy mode" → "'none'", … */
  readonly settings: Map<string, string>;
  /** Writes a file below home, with its folders. */
  write(name: string, content: string | Buffer, mode?: number): string;
  /** Every file, folder and link below home outside Scrim's folder, with content and mode; and the settings. */
  snapshot(): Record<string, string>;
}

const programs = [
  'claude codex gemini opencode copilot cline cn aider code code-insiders codium cursor windsurf git npm pip docker',
  'gsettings',
]
  .join(' ')
  .split(' ');

export function fakeMachine(platform: Platform = 'linux', changes: Partial<SetupEnvironment> = {}): FakeMachine {
  // In memory where there is such a place: hundreds of files are flushed.
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'scrim-test-'));
  const home = join(folder, 'home of ann');
  const write = (name: string, content: string | Buffer, mode = 0o644): string => {
    const path = join(home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };
  for (const program of programs) {
    write(join('bin', platform === 'win32' ? `${program}.cmd` : program), '', 0o755);
  }
  for (const name of ['.bashrc', '.bash_profile', '.zshrc']) write(name, '# mine\n');
  write('.config/fish/config.fish', '');
  write('.continue/config.yaml', 'name: mine\nversion: 1.0.0\nschema: v1\nmodels: []\n');
  const applications = {
    linux: '.config',
    darwin: join('Library', 'Application Support'),
    win32: join('AppData', 'Roaming'),
  }[platform];
  write(join(applications, 'JetBrains', 'PyCharm2026.2', 'options', 'ui.xml'), '<application />\n');

  const settings = new Map<string, string>([
    ['org.gnome.system.proxy mode', "'none'"],
    ['org.gnome.system.proxy autoconfig-url', "''"],
    ['org.gnome.system.proxy.http host', "'proxy.example'"],
    ['org.gnome.system.proxy.http port', '3128'],
    ['org.gnome.system.proxy.https host', "''"],
    ['org.gnome.system.proxy.https port', '0'],
    ['web Wi-Fi', 'off proxy.example 3128'],
    ['secureweb Wi-Fi', 'on proxy.example 3129'],
    ['auto Wi-Fi', 'off http://pac.example/old'],
    ['bypass Wi-Fi', '*.local 169.254/16'],
    [`HKCU\\Environment HTTPS_PROXY`, 'REG_EXPAND_SZ http://%PROXY%:1'],
    [`HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings ProxyEnable`, 'REG_DWORD 0x0'],
  ]);

  return {
    home,
    settings,
    write,
    env: {
      platform,
      home,
      variables: { PATH: join(home, 'bin'), SHELL: '/usr/bin/bash' },
      userId: process.getuid?.(),
      proxy: 'http://127.0.0.1:8877',
      gateway: 'http://127.0.0.1:8877',
      caPath: join(home, 'scrim data', 'certificates', 'ca.pem'),
      bundlePath: join(home, 'scrim data', 'certificates', 'bundle.pem'),
      dataFolder: join(home, 'scrim data'),
      run: settingsPrograms(settings),
      ...changes,
    },
    snapshot: () => ({ ...Object.fromEntries(settings), ...below(home, '') }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** `gsettings`, `networksetup` and `reg`, as far as they are used. */
export function settingsPrograms(settings: Map<string, string>): RunCommand {
  const ok = (stdout = '') => ({ code: 0, stdout, stderr: '' });
  const failed = { code: 1, stdout: '', stderr: 'no' };
  return ({ program, args }) => Promise.resolve(run(program, args));

  function run(program: string, args: readonly string[]) {
    const [verb = '', first = '', second = '', third = ''] = args;
    if (program === 'gsettings') {
      if (verb === 'get')
        return settings.has(`${first} ${second}`) ? ok(`${settings.get(`${first} ${second}`)}\n`) : failed;
      settings.set(`${first} ${second}`, third);
      return ok();
    }
    if (program === 'networksetup') return networksetup(verb, args.slice(1));
    if (program === 'reg') {
      const key = `${first} ${third}`;
      if (verb === 'query') {
        const value = settings.get(key);
        const [type, ...data] = value?.split(' ') ?? [];
        return value === undefined
          ? failed
          : ok(`\r\n${first}\r\n    ${third}    ${type}    ${data.join(' ')}\r\n\r\n`);
      }
      if (verb === 'delete') settings.delete(key);
      else settings.set(key, `${args[5]} ${args[7]}`);
      return ok();
    }
    return { code: null, stdout: '', stderr: '' };
  }

  function networksetup(verb: string, args: readonly string[]) {
    if (verb === '-listallnetworkservices')
      return ok('An asterisk (*) denotes that a network service is disabled.\nWi-Fi\n*Old\n');
    const [service = '', ...words] = args;
    const isGet = verb.startsWith('-get');
    const kind = /^-(?:get|set)(secureweb|web|auto)/.exec(verb)?.[1] ?? '';
    const name = verb.includes('bypass') ? `bypass ${service}` : `${kind} ${service}`;
    const value = settings.get(name) ?? '';
    if (verb.includes('bypass')) {
      if (isGet)
        return ok(
          value === '' ? `There aren't any bypass domains set on ${service}.\n` : value.replaceAll(' ', '\n') + '\n',
        );
      settings.set(name, words[0] === 'Empty' ? '' : words.join(' '));
      return ok();
    }
    const [state = 'off', host = '', port = '0'] = value.split(' ');
    if (verb.endsWith('state')) settings.set(name, value.replace(/^\S+/, words[0] ?? ''));
    else if (!isGet) settings.set(name, ['on', ...words].join(' '));
    else if (kind === 'auto') return ok(`URL: ${host || '(null)'}\nEnabled: ${state === 'on' ? 'Yes' : 'No'}\n`);
    else
      return ok(
        `Enabled: ${state === 'on' ? 'Yes' : 'No'}\nServer: ${host}\nPort: ${port}\nAuthenticated Proxy Enabled: 0\n`,
      );
    return ok();
  }
}

function below(root: string, name: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(join(root, name))) {
    const path = join(name, entry);
    if (path === 'scrim data') continue;
    const stats = lstatSync(join(root, path));
    const mode = (stats.mode & 0o7777).toString(8);
    if (stats.isSymbolicLink()) found[path] = `link to ${readlinkSync(join(root, path))}`;
    else if (stats.isDirectory()) Object.assign(found, { [path + '/']: mode }, below(root, path));
    else found[path] = `${mode} ${readFileSync(join(root, path)).toString('base64')}`;
  }
  return found;
}

/** What Scrim keeps of its set-ups: nothing, once all are undone. */
export function journalFiles(machine: FakeMachine): string[] {
  const folder = join(machine.env.dataFolder, 'setup');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => `${name} ${(statSync(join(folder, name)).mode & 0o777).toString(8)}`);
}
