// Linux: the notification daemon over D-Bus, with buttons, and believing nobody but the daemon.

import { openBusNotification, type DesktopNotification, type NotificationEnd } from '../src/core/bus-notification.ts';
import { labels, type Choice, type Notice, type NotificationOutcome, type Notifier } from './notifier.ts';

type Open = () => Promise<DesktopNotification>;

export function busNotifier(open: Open = () => openBusNotification(process.env)): Notifier {
  return {
    hasButtons: true,
    show(notice) {
      const { promise: outcome, resolve } = Promise.withResolvers<NotificationOutcome>();
      let isWithdrawn = false;
      const opening = open();
      const withdraw = (): void => void opening.then((shown) => shown.close()).catch(() => undefined);
      ask(opening, notice)
        .catch(() => 'unavailable' as const)
        .then((how) => {
          if (!isWithdrawn) resolve(how);
          withdraw();
        }, withdraw);
      return {
        outcome,
        withdraw() {
          isWithdrawn = true;
          withdraw();
        },
      };
    },
  };
}

async function ask(opening: Promise<DesktopNotification>, notice: Notice): Promise<NotificationOutcome> {
  const notification = await opening;
  const actions = notice.choices.map((choice) => [choice, labels[choice]] as const);
  // `default`: a click on the notification itself.
  await notification.show({
    summary: notice.title,
    body: notice.body,
    actions: [['default', labels.review], ...actions],
  });
  return outcomeOf(await notification.ended, notice.choices);
}

/** SECURITY: only the key of a button that this very notification has; any other is no answer. */
function outcomeOf(end: NotificationEnd, choices: readonly Choice[]): NotificationOutcome {
  if (end.kind === 'lost') return 'unavailable';
  if (end.kind === 'closed') return 'closed';
  return choices.find((choice) => choice === end.key) ?? 'review';
}
