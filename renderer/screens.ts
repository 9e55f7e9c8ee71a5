// Every screen: one line each. A screen's code is fetched when it is first opened.

import Activity from '@lucide/svelte/icons/activity';
import ChartColumn from '@lucide/svelte/icons/chart-column';
import Compass from '@lucide/svelte/icons/compass';
import History from '@lucide/svelte/icons/rotate-ccw-clock';
import Inbox from '@lucide/svelte/icons/inbox';
import KeyRound from '@lucide/svelte/icons/key-round';
import MonitorCheck from '@lucide/svelte/icons/monitor-check';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Settings from '@lucide/svelte/icons/settings';
import type { Component } from 'svelte';
import type { IconOf } from './parts/icon.ts';

export interface Screen {
  readonly id: string;
  readonly title: string;
  readonly icon: IconOf;
  /** Pressed after `g`. */
  readonly key: string;
  /** `rest`: what stands behind the screen's id in the address. */
  readonly load: () => Promise<{ default: Component<{ rest: string }> }>;
}

export const screens: readonly Screen[] = [
  { id: 'live', title: 'Live', icon: Activity, key: 'l', load: () => import('./views/live/Live.svelte') },
  {
    id: 'approvals',
    title: 'Approvals',
    icon: Inbox,
    key: 'a',
    load: () => import('./views/approvals/Approvals.svelte'),
  },
  {
    id: 'sessions',
    title: 'Sessions',
    icon: History,
    key: 's',
    load: () => import('./views/sessions/Sessions.svelte'),
  },
  {
    id: 'overview',
    title: 'Overview',
    icon: ChartColumn,
    key: 'o',
    load: () => import('./views/overview/Overview.svelte'),
  },
  { id: 'policy', title: 'Policy', icon: ScrollText, key: 'p', load: () => import('./views/policy/Policy.svelte') },
  { id: 'keys', title: 'Keys', icon: KeyRound, key: 'k', load: () => import('./views/keys/Keys.svelte') },
  {
    id: 'clients',
    title: 'Clients',
    icon: MonitorCheck,
    key: 'c',
    load: () => import('./views/clients/Clients.svelte'),
  },
  {
    id: 'settings',
    title: 'Settings',
    icon: Settings,
    key: ',',
    load: () => import('./views/settings/Settings.svelte'),
  },
  { id: 'guide', title: 'Guide', icon: Compass, key: 'h', load: () => import('./views/guide/Guide.svelte') },
];
