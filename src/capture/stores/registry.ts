// Windows, the user's part of the registry. Keys are "KEY|NAME", values "TYPE DATA" as `reg query` prints them.

import type { SettingStore } from './setting-store.ts';

export const registry: SettingStore = {
  async read(run, key) {
    const { path, name } = parse(key);
    const { code, stdout } = await run({ program: 'reg', args: ['query', path, '/v', name] });
    // `reg` knows one code for "not there" and "not allowed"; the user's own keys are always allowed.
    if (code !== 0) return null;
    const line = stdout.split(/\r?\n/).find((text) => text.trim().toLowerCase().startsWith(`${name.toLowerCase()} `));
    const [, type, data = ''] = /\s(REG_\w+)(?:\s+(.*))?$/.exec(line ?? '') ?? [];
    return type === undefined ? null : `${type} ${data.trim()}`;
  },
  commands(key, value) {
    const { path, name } = parse(key);
    if (value === null) return [{ program: 'reg', args: ['delete', path, '/v', name, '/f'] }];
    const [, type = 'REG_SZ', data = ''] = /^(\S+) (.*)$/s.exec(value) ?? [];
    return [{ program: 'reg', args: ['add', path, '/v', name, '/t', type, '/d', data, '/f'] }];
  },
  between: () => [],
};

function parse(key: string): { path: string; name: string } {
  const bar = key.indexOf('|');
  return { path: key.slice(0, bar), name: key.slice(bar + 1) };
}
