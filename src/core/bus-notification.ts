// Notifications with buttons on Linux for a desktop shell: Electron's have none there, and would believe a forged click.

import {
  openNotification,
  sessionBusAddress,
  type DesktopNotification,
  type NotificationEnd,
} from '../approvals/channels/desktop-notification.ts';

export type { DesktopNotification, NotificationEnd };

/** Rejects where the session has no bus, no daemon, or none that shows buttons. */
export async function openBusNotification(
  env: Readonly<Record<string, string | undefined>>,
): Promise<DesktopNotification> {
  const address = sessionBusAddress(env);
  if (address === undefined) throw new Error('Start Scrim in your desktop session to see notifications.');
  return openNotification(address);
}
