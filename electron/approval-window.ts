// A small window on top of all others that shows one held output: where the system's notifications have no buttons, or the
// question is too long or too grave for one. The page is that of the main window, with this question alone.

import { BrowserWindow, screen, type Session, type WebContents } from 'electron';
import type { Clock } from './clock.ts';
import { pageAddress } from './own-address.ts';
import { background, securePreferences } from './window.ts';

export interface ApprovalWindow {
  /** Shows the question. `focus`: the person asked for it; else it appears beside what they are doing. */
  readonly show: (question: string, focus: boolean) => void;
  /** The questions that are still open, oldest first: one that is over leaves the screen. */
  readonly update: (open: readonly string[]) => void;
  readonly contents: () => WebContents | undefined;
  readonly close: () => void;
}

/** What the page needs to show an action beside its reasons. */
const wanted = { width: 900, height: 640 };
const margin = 24;
/** Milliseconds in which a window that has just appeared, or changed, takes no key and no click. */
export const inputPause = 700;

export function createApprovalWindow(session: Session, clock: Clock): ApprovalWindow {
  let window: BrowserWindow | undefined;
  let shown: string | undefined;
  let deafUntil = 0;

  function open(): BrowserWindow {
    const { workArea } = screen.getPrimaryDisplay();
    const width = Math.min(wanted.width, workArea.width);
    const height = Math.min(wanted.height, workArea.height);
    const made = new BrowserWindow({
      width,
      height,
      x: workArea.x + Math.max(0, workArea.width - width - margin),
      y: workArea.y + Math.min(margin, workArea.height - height),
      title: 'Scrim asks',
      show: false,
      alwaysOnTop: true,
      fullscreenable: false,
      minimizable: false,
      maximizable: false,
      skipTaskbar: false,
      backgroundColor: background,
      autoHideMenuBar: true,
      webPreferences: securePreferences(session),
    });
    // Above full-screen editors too.
    made.setAlwaysOnTop(true, 'pop-up-menu');
    made.setVisibleOnAllWorkspaces(true, { visibleOnFullScreen: true });
    // SECURITY: what a person types elsewhere, or was about to click, must not answer a question that has just come up there.
    const swallow = (event: { preventDefault(): void }): void => {
      if (clock.now() < deafUntil) event.preventDefault();
    };
    made.webContents.on('before-input-event', swallow);
    made.webContents.on('before-mouse-event', swallow);
    made.on('focus', beDeaf);
    made.webContents.on('render-process-gone', () => made.destroy());
    // Closed is not answered: the question waits in the tray until its deadline.
    made.on('closed', () => ([window, shown] = [undefined, undefined]));
    return made;
  }

  function beDeaf(): void {
    deafUntil = clock.now() + inputPause;
  }

  function show(question: string, focus: boolean): void {
    // What the person reads now stays: the next one comes when this one is over, or when they ask for it.
    if (!focus && shown !== undefined && shown !== question) return;
    const isNew = window === undefined;
    window ??= open();
    const target = window;
    if (shown !== question) load(target, question);
    const appear = (): void => {
      if (target.isDestroyed()) return;
      beDeaf();
      if (focus) target.show();
      else target.showInactive();
    };
    if (isNew) target.once('ready-to-show', appear);
    else appear();
  }

  function load(target: BrowserWindow, question: string): void {
    shown = question;
    beDeaf();
    void target.loadURL(pageAddress(`approval/${encodeURIComponent(question)}`)).catch(() => undefined);
  }

  return {
    show,
    contents: () => window?.webContents,
    update(openQuestions) {
      if (window === undefined || shown === undefined || openQuestions.includes(shown)) return;
      const [next] = openQuestions;
      if (next === undefined) window.destroy();
      else load(window, next);
    },
    close: () => window?.destroy(),
  };
}
