// Electron's own notifications: macOS and Windows, where they have buttons.

import { Notification, type NotificationConstructorOptions } from 'electron';
import { labels, type Notice, type NotificationOutcome, type Notifier } from './notifier.ts';

/** Where the systems differ; from the tags in electron.d.ts 45.4.1. */
export interface NotificationStyle {
  readonly hasButtons: boolean;
  readonly options: Readonly<NotificationConstructorOptions>;
}

export const notificationStyles: Readonly<Record<'linux' | 'darwin' | 'win32', NotificationStyle>> = {
  // Its buttons are not certain on Linux (electron#24333): bus-notifier.ts has them; this is for sessions without a bus.
  linux: { hasButtons: false, options: { urgency: 'critical', timeoutType: 'never' } },
  // Only a signed app may show them; another one hears `failed`.
  darwin: { hasButtons: true, options: { sound: 'default', closeButtonText: 'Later' } },
  // `critical` alone goes away by itself.
  win32: { hasButtons: true, options: { urgency: 'critical', timeoutType: 'never' } },
};

/** What is on the screen: a notification that nobody holds loses its events. */
const held = new Set<Notification>();

export function nativeNotifier(style: NotificationStyle): Notifier {
  return {
    hasButtons: style.hasButtons,
    show(notice) {
      const { promise: outcome, resolve } = Promise.withResolvers<NotificationOutcome>();
      if (!Notification.isSupported()) {
        resolve('unavailable');
        return { outcome, withdraw: () => undefined };
      }
      const notification = new Notification(optionsOf(notice, style));
      let isWithdrawn = false;
      const end = (how: NotificationOutcome): void => {
        held.delete(notification);
        if (!isWithdrawn) resolve(how);
      };
      // SECURITY: only the place of a button that this very notification has; any other number is no answer.
      notification.on('action', ({ actionIndex }) => {
        const choice = style.hasButtons && Number.isInteger(actionIndex) ? notice.choices[actionIndex] : undefined;
        end(choice ?? 'review');
      });
      notification.on('click', () => end('review'));
      notification.on('close', () => end('closed'));
      notification.on('failed', () => end('unavailable'));
      held.add(notification);
      notification.show();
      return {
        outcome,
        withdraw() {
          isWithdrawn = true;
          held.delete(notification);
          notification.close();
        },
      };
    },
  };
}

/** macOS: what an earlier run left in the Notification Center, where nobody listens to its buttons any more. */
export function clearEarlier(): void {
  Notification.removeAll();
}

function optionsOf({ title, body, choices }: Notice, style: NotificationStyle): NotificationConstructorOptions {
  const actions = choices.map((choice) => ({ type: 'button' as const, text: labels[choice] }));
  return { ...style.options, title, body, ...(style.hasButtons ? { actions } : {}) };
}
