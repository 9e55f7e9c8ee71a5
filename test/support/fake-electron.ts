// The module `electron` for tests of the shell (an alias in test/vitest.config.ts). Every part is checked against Electron's
// own types, so that it cannot drift; what it was made to do is in `fake`. Long, since Electron is.

import { EventEmitter } from 'node:events';
import type * as E from 'electron';
import { fake } from './fake-electron-state.ts';

export { MessageChannelMain, utilityProcess } from './fake-electron-ports.ts';
export { BrowserWindow, session } from './fake-electron-windows.ts';
export { fake } from './fake-electron-state.ts';

export class FakeApp
  extends EventEmitter
  implements
    Pick<
      E.App,
      | 'whenReady'
      | 'isReady'
      | 'enableSandbox'
      | 'requestSingleInstanceLock'
      | 'setPath'
      | 'getVersion'
      | 'getAppPath'
      | 'setAppUserModelId'
      | 'setAsDefaultProtocolClient'
      | 'setLoginItemSettings'
      | 'getLoginItemSettings'
      | 'quit'
      | 'exit'
      | 'isPackaged'
    >
{
  get isPackaged(): boolean {
    return fake.isPackaged;
  }
  readonly commandLine = { hasSwitch: (name: string): boolean => fake.switches.has(name) };
  readonly dock = { hide: (): void => undefined };

  whenReady(): Promise<void> {
    return fake.isReady ? Promise.resolve() : new Promise((resolve) => this.once('ready', () => resolve()));
  }
  isReady(): boolean {
    return fake.isReady;
  }
  enableSandbox(): void {
    if (fake.isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
    fake.isSandboxed = true;
  }
  requestSingleInstanceLock(): boolean {
    return fake.hasLock;
  }
  setPath(name: string, path: string): void {
    fake.paths[name] = path;
  }
  getVersion(): string {
    return '0.0.0';
  }
  getAppPath(): string {
    return '/opt/scrim/app.asar';
  }
  setAppUserModelId(): void {
    // Windows only.
  }
  setAsDefaultProtocolClient(scheme: string): boolean {
    fake.protocolClients.push(scheme);
    return true;
  }
  setLoginItemSettings(settings: E.Settings): void {
    fake.loginItem = settings;
  }
  getLoginItemSettings(): E.LoginItemSettings {
    const openAtLogin = fake.loginItem?.openAtLogin === true;
    return {
      openAtLogin,
      wasOpenedAtLogin: false,
      status: openAtLogin ? 'enabled' : 'not-registered',
      executableWillLaunchAtLogin: openAtLogin,
      launchItems: [],
    };
  }
  /** As Electron: first asks whoever listens, then closes the windows, then goes. */
  quit(): void {
    let stopped = false;
    this.emit('before-quit', { preventDefault: () => (stopped = true) });
    if (stopped as boolean) return;
    for (const window of fake.windows) window.close();
    if (fake.windows.some((window) => !window.isDestroyed())) return;
    this.emit('will-quit', { preventDefault: () => undefined });
    this.exit(0);
  }
  exit(code = 0): void {
    fake.exitCode ??= code;
    this.emit('quit', {}, code);
  }
}
export const app = new FakeApp();
fake.pageMade = (contents) => void app.emit('web-contents-created', {}, contents);

export class Menu {
  readonly items: readonly E.MenuItemConstructorOptions[];

  constructor(items: readonly E.MenuItemConstructorOptions[]) {
    this.items = items;
    fake.menus.push(this);
  }
  static buildFromTemplate(template: E.MenuItemConstructorOptions[]): Menu {
    for (const { label, role, type } of template) {
      if (label === undefined && role === undefined && type !== 'separator')
        throw new TypeError('Invalid template for MenuItem: must have at least one of label, role or type');
    }
    return new Menu(template);
  }
  static setApplicationMenu(): void {
    // Not looked at.
  }
}
({}) as keyof typeof Menu satisfies keyof typeof E.Menu;

export class Tray
  extends EventEmitter
  implements Pick<E.Tray, 'setImage' | 'setToolTip' | 'setTitle' | 'setContextMenu' | 'destroy'>
{
  image: unknown;
  tip = '';
  title = '';
  menu: Menu | undefined;
  isGone = false;

  constructor(image: unknown) {
    super();
    fake.needsReady('Cannot create Tray');
    this.image = image;
    fake.trays.push(this);
  }
  setImage(image: unknown): void {
    this.image = image;
  }
  setToolTip(tip: string): void {
    this.tip = tip;
  }
  setTitle(title: string): void {
    this.title = title;
  }
  setContextMenu(menu: unknown): void {
    this.menu = menu as Menu;
  }
  destroy(): void {
    this.isGone = true;
  }
}

export class Notification extends EventEmitter implements Pick<E.Notification, 'show' | 'close'> {
  readonly options: E.NotificationConstructorOptions;
  isShown = false;
  isClosed = false;

  constructor(options: E.NotificationConstructorOptions = {}) {
    super();
    fake.needsReady('Cannot create Notification');
    this.options = options;
    fake.notifications.push(this);
  }
  static isSupported(): boolean {
    return fake.notificationsSupported;
  }
  static removeAll(): void {
    fake.notificationsRemoved++;
  }
  show(): void {
    this.isShown = true;
  }
  close(): void {
    this.isClosed = true;
    this.emit('close', {});
  }
}
({}) as keyof typeof Notification satisfies keyof typeof E.Notification;

type Listener = (event: E.IpcMainEvent, ...words: unknown[]) => void;
class IpcMain {
  readonly listeners = new Map<string, Set<Listener>>();

  on(channel: string, listener: Listener): void {
    const known = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, known.add(listener));
  }
  off(channel: string, listener: Listener): void {
    this.listeners.get(channel)?.delete(listener);
  }
  /** A page sends. */
  receive(channel: string, event: object, ...words: unknown[]): void {
    for (const listener of this.listeners.get(channel) ?? [])
      listener(event as E.IpcMainEvent, ...structuredClone(words));
  }
}
export const ipcMain = new IpcMain();
({}) as Exclude<keyof IpcMain, 'receive' | 'listeners'> satisfies keyof E.IpcMain;

export const dialog = {
  showMessageBox(options: E.MessageBoxOptions): Promise<E.MessageBoxReturnValue> {
    fake.needsReady('dialog module can only be used');
    fake.dialogs.push({ options });
    return Promise.resolve({ response: fake.dialogAnswer, checkboxChecked: false });
  },
  showErrorBox(title: string, content: string): void {
    fake.dialogs.push({ options: { message: title, detail: content } });
  },
};
({}) as keyof typeof dialog satisfies keyof E.Dialog;

export const globalShortcut = {
  register(keys: string, press: () => void): boolean {
    fake.needsReady('globalShortcut cannot be used');
    if (fake.takenShortcuts.has(keys)) return false;
    fake.shortcuts.set(keys, press);
    return true;
  },
  unregisterAll(): void {
    fake.shortcuts.clear();
  },
} satisfies Pick<E.GlobalShortcut, 'register' | 'unregisterAll'>;

export const shell = {
  openExternal(address: string): Promise<void> {
    fake.opened.push(address);
    return Promise.resolve();
  },
} satisfies Pick<E.Shell, 'openExternal'>;

export const protocol = {
  registerSchemesAsPrivileged(schemes: E.CustomScheme[]): void {
    if (fake.isReady) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    fake.schemes.push(...schemes);
  },
} satisfies Pick<E.Protocol, 'registerSchemesAsPrivileged'>;

export const screen = { getPrimaryDisplay: () => fake.display };
({}) as keyof typeof screen satisfies keyof E.Screen;

export const nativeImage = { createFromPath: (path: string) => ({ path }) };
({}) as keyof typeof nativeImage satisfies keyof typeof E.nativeImage;

export const powerMonitor = new EventEmitter();

/** Before each test: as if nothing had run. */
export function resetFake(): void {
  app.removeAllListeners();
  powerMonitor.removeAllListeners();
  ipcMain.listeners.clear();
  fake.reset();
}

/** The app is ready from now on. */
export function makeReady(): void {
  fake.isReady = true;
  app.emit('ready');
}
