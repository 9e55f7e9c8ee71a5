// Where the three systems differ, in one place.

import { busNotifier } from './bus-notifier.ts';
import { clearEarlier, nativeNotifier, notificationStyles } from './native-notifier.ts';
import type { Notifier } from './notifier.ts';
import { trayStyles, type TrayStyle } from './tray.ts';

export interface Platform {
  readonly tray: TrayStyle;
  readonly notifier: Notifier;
  /**
   * SECURITY: a click in the tray's menu may come from any process of the user, since the menu lies on the session bus: to
   * pause and to quit are asked again in a dialog.
   */
  readonly isMenuPublic: boolean;
  /** Shows itself in the dock only while a window is open. */
  readonly hidesFromDock: boolean;
  /** Takes away what an earlier run left on the screen. */
  readonly clear: () => void;
}

export function platformOf(system: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>): Platform {
  switch (system) {
    case 'darwin':
      return {
        tray: trayStyles.darwin,
        notifier: nativeNotifier(notificationStyles.darwin),
        isMenuPublic: false,
        hidesFromDock: true,
        clear: clearEarlier,
      };
    case 'win32':
      return {
        tray: trayStyles.win32,
        notifier: nativeNotifier(notificationStyles.win32),
        isMenuPublic: false,
        hidesFromDock: false,
        clear: () => undefined,
      };
    default: {
      const hasBus = [env['DBUS_SESSION_BUS_ADDRESS'], env['XDG_RUNTIME_DIR']].some((each) => (each ?? '') !== '');
      return {
        tray: trayStyles.linux,
        notifier: hasBus ? busNotifier() : nativeNotifier(notificationStyles.linux),
        isMenuPublic: true,
        hidesFromDock: false,
        clear: () => undefined,
      };
    }
  }
}
