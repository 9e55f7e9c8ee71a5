// What the fake Electron has been made to do, for tests to look at; `resetFake()` before each.

import type * as E from 'electron';
import type { FakePort, FakeUtilityProcess } from './fake-electron-ports.ts';
import type { BrowserWindow, FakeContents, FakeSession } from './fake-electron-windows.ts';
import type { Menu, Notification, Tray } from './fake-electron.ts';

function fresh() {
  return {
    isReady: false,
    windows: [] as BrowserWindow[],
    trays: [] as Tray[],
    menus: [] as Menu[],
    notifications: [] as Notification[],
    notificationsSupported: true,
    /** How often all were taken away. */
    notificationsRemoved: 0,
    processes: [] as FakeUtilityProcess[],
    ports: [] as FakePort[],
    /** Plays the child in every process that is forked. */
    program: undefined as ((child: FakeUtilityProcess) => void) | undefined,
    /** What was handed to the system's browser. */
    opened: [] as string[],
    dialogs: [] as { readonly options: E.MessageBoxOptions }[],
    /** Which button the person presses next. */
    dialogAnswer: 0,
    shortcuts: new Map<string, () => void>(),
    /** Shortcuts that another program holds. */
    takenShortcuts: new Set<string>(),
    schemes: [] as E.CustomScheme[],
    sessions: new Map<string, FakeSession>(),
    loginItem: undefined as E.Settings | undefined,
    protocolClients: [] as string[],
    /** Of the command line. */
    switches: new Set<string>(),
    exitCode: undefined as number | undefined,
    /** False: another instance runs. */
    hasLock: true,
    display: { workArea: { x: 0, y: 0, width: 1920, height: 1080 } },
    paths: {} as Record<string, string>,
    isSandboxed: false,
    isPackaged: false,
  };
}

export const fake = {
  ...fresh(),
  /** Tells the app of a page; set by fake-electron.ts. */
  pageMade: undefined as ((contents: FakeContents) => void) | undefined,
  /** Electron refuses most of itself before it is ready; so does this. */
  needsReady(what: string): void {
    if (!fake.isReady) throw new Error(`${what} before app is ready`);
  },
  reset(): void {
    for (const port of fake.ports) port.close();
    Object.assign(fake, fresh());
  },
};
