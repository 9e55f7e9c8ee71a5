// The type of an icon of the library, for parts that take one.

import type Activity from '@lucide/svelte/icons/activity';

export type IconOf = typeof Activity;
