// Windows, pages and sessions of the fake Electron.

import { EventEmitter } from 'node:events';
import type * as E from 'electron';
import type { FakePort } from './fake-electron-ports.ts';
import { fake } from './fake-electron-state.ts';

type RequestAnswer = (response: { cancel?: boolean }) => void;

export class FakeSession implements Pick<
  E.Session,
  'setProxy' | 'setPermissionRequestHandler' | 'setPermissionCheckHandler' | 'setDevicePermissionHandler'
> {
  readonly handlers = new Map<string, (request: Request) => Response | Promise<Response>>();
  proxy: E.ProxyConfig | undefined;
  permissionRequest: Parameters<E.Session['setPermissionRequestHandler']>[0] = null;
  permissionCheck: Parameters<E.Session['setPermissionCheckHandler']>[0] = null;
  device: Parameters<E.Session['setDevicePermissionHandler']>[0] = null;
  beforeRequest: ((details: { url: string }, answer: RequestAnswer) => void) | undefined;
  readonly protocol = {
    handle: (scheme: string, handler: (request: Request) => Response | Promise<Response>): void => {
      this.handlers.set(scheme, handler);
    },
  };
  readonly webRequest = {
    onBeforeRequest: (listener: (details: { url: string }, answer: RequestAnswer) => void): void => {
      this.beforeRequest = listener;
    },
  };

  setProxy(config: E.ProxyConfig): Promise<void> {
    this.proxy = config;
    return Promise.resolve();
  }
  setPermissionRequestHandler(handler: FakeSession['permissionRequest']): void {
    this.permissionRequest = handler;
  }
  setPermissionCheckHandler(handler: FakeSession['permissionCheck']): void {
    this.permissionCheck = handler;
  }
  setDevicePermissionHandler(handler: FakeSession['device']): void {
    this.device = handler;
  }
  /** Is the request let through? */
  passes(url: string): boolean {
    let passes = true;
    this.beforeRequest?.({ url }, ({ cancel }) => (passes = cancel !== true));
    return passes;
  }
}

export const session = {
  fromPartition(name: string): FakeSession {
    fake.needsReady('session.fromPartition()');
    const known = fake.sessions.get(name) ?? new FakeSession();
    fake.sessions.set(name, known);
    return known;
  },
};
({}) as keyof typeof session satisfies keyof typeof E.session;

export class FakeFrame {
  url = '';
  parent: FakeFrame | null = null;
  readonly posted: { channel: string; message: unknown; ports: readonly FakePort[] }[] = [];

  get origin(): string {
    const url = URL.parse(this.url);
    return url === null ? 'null' : `${url.protocol}//${url.host}`;
  }
  postMessage(channel: string, message: unknown, ports: readonly FakePort[] = []): void {
    this.posted.push({ channel, message: structuredClone(message), ports });
  }
}
({}) as Pick<FakeFrame, 'url' | 'origin'> satisfies Pick<E.WebFrameMain, 'url' | 'origin'>;

interface Stoppable {
  preventDefault(): void;
}

export class FakeContents extends EventEmitter implements Pick<E.WebContents, 'reload' | 'isDestroyed' | 'getURL'> {
  readonly session: FakeSession | undefined;
  readonly mainFrame = new FakeFrame();
  windowOpen: ((details: { url: string }) => { action: string }) | undefined;
  reloads = 0;
  isGone = false;

  constructor(own: FakeSession | undefined) {
    super();
    this.session = own;
  }

  setWindowOpenHandler(handler: NonNullable<FakeContents['windowOpen']>): void {
    this.windowOpen = handler;
  }
  reload(): void {
    this.reloads++;
  }
  isDestroyed(): boolean {
    return this.isGone;
  }
  getURL(): string {
    return this.mainFrame.url;
  }
  /** Emits an event that a listener may stop; was it? */
  stops(name: string, details: object = {}): boolean {
    let stopped = false;
    const event: Stoppable = { ...details, preventDefault: () => (stopped = true) };
    this.emit(name, event, details);
    return stopped;
  }
}

export class BrowserWindow
  extends EventEmitter
  implements
    Pick<
      E.BrowserWindow,
      | 'show'
      | 'showInactive'
      | 'hide'
      | 'focus'
      | 'isMinimized'
      | 'restore'
      | 'isDestroyed'
      | 'destroy'
      | 'close'
      | 'loadURL'
      | 'setVisibleOnAllWorkspaces'
    >
{
  readonly options: E.BrowserWindowConstructorOptions;
  readonly webContents: FakeContents;
  isShown = false;
  isFocusedNow = false;
  isMini = false;
  onTop: string | false = false;
  isGone = false;
  readonly loaded: string[] = [];

  constructor(options: E.BrowserWindowConstructorOptions = {}) {
    super();
    fake.needsReady('Cannot create BrowserWindow');
    this.options = options;
    this.webContents = new FakeContents(options.webPreferences?.session as unknown as FakeSession | undefined);
    fake.windows.push(this);
    fake.pageMade?.(this.webContents);
  }

  loadURL(url: string): Promise<void> {
    this.loaded.push(url);
    this.webContents.mainFrame.url = url;
    return Promise.resolve();
  }
  show(): void {
    this.isShown = true;
    this.focus();
  }
  showInactive(): void {
    this.isShown = true;
  }
  hide(): void {
    this.isShown = false;
  }
  focus(): void {
    this.isFocusedNow = true;
    this.emit('focus');
  }
  isMinimized(): boolean {
    return this.isMini;
  }
  restore(): void {
    this.isMini = false;
  }
  setAlwaysOnTop(on: boolean, level = 'normal'): void {
    this.onTop = on ? level : false;
  }
  setVisibleOnAllWorkspaces(): void {
    // Nothing to look at.
  }
  isDestroyed(): boolean {
    return this.isGone;
  }
  destroy(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.isShown = false;
    this.webContents.isGone = true;
    this.webContents.emit('destroyed');
    this.emit('closed');
  }
  /** The person presses the window's cross. */
  close(): void {
    let stopped = false;
    this.emit('close', { preventDefault: () => (stopped = true) });
    if (!(stopped as boolean)) this.destroy();
  }
}
