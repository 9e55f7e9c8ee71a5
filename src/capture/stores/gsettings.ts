// GNOME. Keys are "schema key", values GVariant texts as `gsettings get` prints them.

import { SetupError } from '../setup-error.ts';
import type { SettingStore } from './setting-store.ts';

export const gsettings: SettingStore = {
  async read(run, key) {
    const { code, stdout } = await run({ program: 'gsettings', args: ['get', ...key.split(' ')] });
    if (code !== 0) {
      throw new SetupError(
        'command-failed',
        `Run "gsettings get ${key}" to see why the desktop does not tell this setting.`,
      );
    }
    return stdout.trim();
  },
  commands(key, value) {
    const words = key.split(' ');
    return [{ program: 'gsettings', args: value === null ? ['reset', ...words] : ['set', ...words, value] }];
  },
  between: () => [],
};
