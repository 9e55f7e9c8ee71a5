// A desktop notification with buttons (Linux). It answers this one question only; whatever is longer than a notification
// can show whole is not approved here, but handed on to a channel that shows all of it.

import type { TimedClock } from '../../base/clock.ts';
import type { Question } from '../../contract/questions.ts';
import type { Channel, ChannelAnswer } from '../channel.ts';
import {
  openNotification,
  sessionBusAddress,
  type DesktopNotification,
  type NotificationContent,
  type NotificationEnd,
} from './desktop-notification.ts';
import { othersWait, questionInWords, timeLeft } from './format.ts';
import { linesAt } from '../../contract/shown-text.ts';
import { untilDeadline } from './until-deadline.ts';

export interface NotificationOptions {
  readonly clock: TimedClock;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What every daemon shows whole: GNOME's banner ends after six lines of about 40 characters. */
const MAX_CHARACTERS = 240;
const MAX_LINES = 6;
const LINE = 40;
const MAX_TITLE = 120;
/** How often the time left is put right, in milliseconds. */
const REFRESH = 10_000;

/** Dismissed, expired, clicked on, or the daemon died: no answer, and the next channel asks. */
export function notificationChannel({ clock, env }: NotificationOptions): Channel {
  return {
    name: 'notification',
    async ask(question, waiting, withdrawn) {
      const address = sessionBusAddress(env);
      if (address === undefined || withdrawn.aborted) return undefined;
      const { signal, end } = untilDeadline(clock, question.deadline, withdrawn);
      const stopped = new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined)));
      const opening = openNotification(address);
      try {
        const notification = await Promise.race([opening, stopped]);
        return (
          notification && (await follow(notification, stopped, (now) => notificationContent(question, waiting, now)))
        );
      } catch {
        return undefined;
      } finally {
        end();
        opening.then((notification) => notification.close()).catch(() => undefined);
      }
    },
  };

  /** Shows it, and puts the time that is left right until it is over. */
  async function follow(
    notification: DesktopNotification,
    stopped: Promise<undefined>,
    contentAt: (now: number) => NotificationContent,
  ): Promise<ChannelAnswer | undefined> {
    const over = Promise.race([notification.ended, stopped]);
    for (;;) {
      const content = contentAt(clock.now());
      const shown = notification.show(content).then(() => 'shown' as const);
      const early = await Promise.race([shown, over]);
      shown.catch(() => undefined);
      const end = early === 'shown' ? await beforeRefresh(over) : early;
      if (end !== 'refresh') return answerOf(end, content);
    }
  }

  async function beforeRefresh<T>(over: Promise<T>): Promise<T | 'refresh'> {
    const refresh = Promise.withResolvers<'refresh'>();
    const cancel = clock.after(REFRESH, () => refresh.resolve('refresh'));
    return Promise.race([over, refresh.promise]).finally(cancel);
  }
}

/** SECURITY: no key but `approve` is a yes, and it is offered only where the whole action is on the screen. */
function answerOf(end: NotificationEnd | undefined, { actions }: NotificationContent): ChannelAnswer | undefined {
  if (end?.kind !== 'action' || !actions.some(([key]) => key === end.key)) return undefined;
  if (end.key !== 'approve' && end.key !== 'deny') return undefined;
  return { verdict: end.key === 'approve' ? 'allow' : 'deny', scope: { kind: 'once' }, note: '' };
}

function notificationContent(question: Question, waiting: number, now: number): NotificationContent {
  const words = questionInWords(question);
  const isWhole =
    words.title.length <= MAX_TITLE &&
    words.action.length <= MAX_CHARACTERS &&
    linesAt(LINE, words.action) <= MAX_LINES;
  const action = isWhole
    ? words.action
    : `Too long to be shown here (${words.action.length} characters): Review shows all of it.`;
  const lines = [action, '', ...words.reasons, words.origin, othersWait(waiting)];
  return {
    summary: `${timeLeft(question.deadline, now)}: ${words.title}`,
    body: lines.join('\n').trimEnd(),
    actions: [['default', 'Review…'], isWhole ? ['approve', 'Approve'] : ['review', 'Review…'], ['deny', 'Deny']],
  };
}
