// The main window. Closing hides it: Scrim goes on in the tray.

import { app, BrowserWindow, type Session, type WebContents, type WebPreferences } from 'electron';
import { pageAddress } from './own-address.ts';
import { preloadFile } from './places.ts';

export interface MainWindow {
  /** Shows it, and there the screen, as `approvals` or `approvals/q-1`. */
  readonly show: (route?: string) => void;
  readonly contents: () => WebContents | undefined;
  /** From now on closing ends it: the app quits. */
  readonly letGo: () => void;
}

/** The colour of the window before its page has drawn: the page's own, dark. */
export const background = '#0f1117';

/** SECURITY: each is Electron's default today; stated, so that neither a new default nor a hurried change can relax it. */
export function securePreferences(session: Session): WebPreferences {
  return {
    session,
    preload: preloadFile,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    navigateOnDragDrop: false,
    // It would load dictionaries from the network.
    spellcheck: false,
    // SECURITY: in the tools anybody at the keyboard, or whoever makes them paste, speaks as the window.
    devTools: !app.isPackaged,
  };
}

export function createMainWindow(session: Session): MainWindow {
  let window: BrowserWindow | undefined;
  let isLetGo = false;

  function open(route: string): BrowserWindow {
    const made = new BrowserWindow({
      // With the name Electron remembers size and place, and puts it back on a screen that is there.
      name: 'main',
      windowStatePersistence: true,
      width: 1280,
      height: 800,
      minWidth: 720,
      minHeight: 480,
      title: 'Scrim',
      show: false,
      backgroundColor: background,
      autoHideMenuBar: true,
      webPreferences: securePreferences(session),
    });
    made.once('ready-to-show', () => made.show());
    made.on('close', (event) => {
      if (isLetGo) return;
      event.preventDefault();
      made.hide();
    });
    made.on('closed', () => (window = undefined));
    // A page that died is made anew at the next show.
    made.webContents.on('render-process-gone', () => made.destroy());
    void made.loadURL(pageAddress(route)).catch(() => undefined);
    return made;
  }

  return {
    contents: () => window?.webContents,
    letGo: () => (isLetGo = true),
    show(route) {
      if (window === undefined) {
        window = open(route ?? '');
        return;
      }
      if (route !== undefined) void window.loadURL(pageAddress(route)).catch(() => undefined);
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
  };
}
