// macOS. Keys are "kind of proxy:network service"; values "on HOST:PORT", "off HOST:PORT", "off", for automatic configuration
// "on URL", and a list of hosts for `bypass`.

import type { Command, RunCommand } from '../../base/command.ts';
import { SetupError } from '../setup-error.ts';
import type { SettingStore } from './setting-store.ts';

const kinds = {
  web: { get: '-getwebproxy', set: '-setwebproxy', state: '-setwebproxystate' },
  secureweb: { get: '-getsecurewebproxy', set: '-setsecurewebproxy', state: '-setsecurewebproxystate' },
  auto: { get: '-getautoproxyurl', set: '-setautoproxyurl', state: '-setautoproxystate' },
  bypass: { get: '-getproxybypassdomains', set: '-setproxybypassdomains', state: '' },
} as const;

export const networksetup: SettingStore = {
  async read(run, key) {
    const { kind, service } = parse(key);
    const output = await ask(run, [kinds[kind].get, service]);
    if (kind === 'bypass') return /^There aren't any/.test(output) ? '' : output.trim().split(/\s+/).join(' ');
    const field = (name: string) => new RegExp(`^${name}: *(.*)$`, 'm').exec(output)?.[1]?.trim() ?? '';
    const state = field('Enabled') === 'Yes' ? 'on' : 'off';
    const server = kind === 'auto' ? field('URL').replace('(null)', '') : field('Server');
    return server === '' ? state : `${state} ${kind === 'auto' ? server : `${server}:${field('Port')}`}`;
  },
  commands(key, value) {
    const { kind, service } = parse(key);
    const { set, state } = kinds[kind];
    if (kind === 'bypass') {
      return [command(set, service, ...(value === null || value === '' ? ['Empty'] : value.split(' ')))];
    }
    const [word = 'off', server] = (value ?? 'off').split(' ');
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(server ?? '') ?? [];
    return [
      ...(server === undefined ? [] : [command(set, service, ...(kind === 'auto' ? [server] : [host, port]))]),
      // Setting a server switches it on.
      command(state, service, word),
    ];
  },
  between: (value) => (value.startsWith('off ') ? [value.replace('off', 'on')] : []),
};

/** The services that are in use: "Wi-Fi", "Ethernet", … */
export async function networkServices(run: RunCommand): Promise<string[]> {
  const output = await ask(run, ['-listallnetworkservices']);
  // The first line is an explanation; an asterisk marks a service that is switched off.
  return output
    .split('\n')
    .slice(1)
    .filter((line) => line !== '' && !line.startsWith('*'));
}

function command(...args: string[]): Command {
  return { program: 'networksetup', args };
}

async function ask(run: RunCommand, args: string[]): Promise<string> {
  const { code, stdout } = await run({ program: 'networksetup', args });
  if (code !== 0) {
    throw new SetupError(
      'command-failed',
      `Run "networksetup ${args.join(' ')}" to see why the system does not tell its proxies.`,
    );
  }
  return stdout;
}

function parse(key: string): { kind: keyof typeof kinds; service: string } {
  const colon = key.indexOf(':');
  return { kind: key.slice(0, colon) as keyof typeof kinds, service: key.slice(colon + 1) };
}
