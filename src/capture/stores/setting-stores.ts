// The programs that keep settings, by name.

import type { StoreName } from '../change.ts';
import { gsettings } from './gsettings.ts';
import { networksetup } from './networksetup.ts';
import { registry } from './registry.ts';
import type { SettingStore } from './setting-store.ts';

export const settingStores: Readonly<Record<StoreName, SettingStore>> = { gsettings, networksetup, registry };
