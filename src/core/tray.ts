// Puts the tray of a Linux desktop before the core: what it shows, and what a press there does.

import type { Approvals } from '../approvals/approvals.ts';
import { sessionBusAddress } from '../approvals/channels/desktop-notification.ts';
import { shownLine } from '../contract/shown-text.ts';
import type { Clock } from '../base/clock.ts';
import type { Status } from '../contract/control.ts';
import type { Question } from '../contract/questions.ts';
import { openTray } from '../tray/tray.ts';
import type { TrayScreen, TrayState } from '../tray/tray-state.ts';
import type { Pause } from './pause.ts';

export interface CoreTrayOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly status: () => Pick<Status, 'state' | 'pausedUntil'>;
  readonly approvals: Pick<Approvals, 'open'>;
  readonly pause: Pick<Pause, 'end'>;
  readonly mayUse: (pid: number) => Promise<boolean>;
  /** A place in the window, such as `approvals/q-1`. */
  readonly openWindow: (screen: string) => void;
  readonly stop: () => void;
}

export interface CoreTray {
  /** The status or the open questions may have changed. */
  changed(): void;
  close(): Promise<void>;
}

const NEWEST = 5;

/** No bus, no panel: no tray, and nobody hears of it. Undefined where there cannot be one. */
export function startTray(options: CoreTrayOptions): CoreTray | undefined {
  const { env, clock, status, approvals, pause, mayUse, openWindow, stop } = options;
  const busAddress = process.platform === 'linux' ? sessionBusAddress(env) : undefined;
  if (busAddress === undefined) return undefined;
  const state = (): TrayState => {
    const open = approvals.open();
    const newest = open.toSorted((one, other) => other.askedAt - one.askedAt).slice(0, NEWEST);
    const { state: condition, pausedUntil } = status();
    return {
      state: condition,
      pending: open.length,
      newest: newest.map((question) => ({ id: question.id, label: labelOf(question) })),
      pausedUntil,
    };
  };
  const actions = {
    open: (screen: TrayScreen) => openWindow(placeOf(screen)),
    resume: () => pause.end(),
    stop,
  };
  const opening = openTray(state(), { busAddress, clock, actions, mayUse }).catch(() => undefined);
  let isTelling = false;
  return {
    changed() {
      // Several changes of one moment are told as one, and after whoever else hears of them.
      if (isTelling) return;
      isTelling = true;
      void opening.then((tray) =>
        setImmediate(() => {
          isTelling = false;
          tray?.show(state());
        }),
      );
    },
    async close() {
      await (await opening)?.close();
    },
  };
}

/** The words of other people are masked, and fit to be shown. */
function labelOf({ kind, tool, program }: Question): string {
  return `${shownLine(tool)}${kind === 'code' ? ' code' : ''}, for ${shownLine(program)}`;
}

function placeOf(screen: TrayScreen): string {
  if (screen === 'home') return 'live';
  return screen.startsWith('pause/') ? `settings/${screen}` : screen;
}
