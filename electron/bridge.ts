// Hands a message port to a page that asks for one: over it the page speaks the contract with the core. The page asks after
// each load, and again when its port has closed.

import { ipcMain, type IpcMainEvent, type MessagePortMain, type WebContents } from 'electron';
import { isOwnAddress, origin } from './own-address.ts';

/** From the page: I am ready for a port. To the page: here it is. */
export const connectChannel = 'scrim:connect';
export const portChannel = 'scrim:port';

export interface Bridge {
  /** The core runs (again): pages that have asked get a port; one that has not noticed is loaded anew, and asks then. */
  readonly reconnect: () => void;
  readonly close: () => void;
}

export interface BridgeOptions {
  /** Our windows: nobody else gets a port. */
  readonly isOurs: (contents: WebContents) => boolean;
  /** A new port to the core; undefined while it does not run. */
  readonly connect: () => MessagePortMain | undefined;
  /** A refusal, in one sentence; told once each. */
  readonly report: (sentence: string) => void;
}

export function openBridge({ isOurs, connect, report }: BridgeOptions): Bridge {
  /** By page: whether it waits for a port, or has one (that may have died). */
  const pages = new Map<WebContents, 'waits' | 'served'>();
  const reported = new Set<string>();

  const handOver = (page: WebContents): void => {
    const port = connect();
    if (!pages.has(page)) page.once('destroyed', () => pages.delete(page));
    pages.set(page, port === undefined ? 'waits' : 'served');
    if (port !== undefined) page.mainFrame.postMessage(portChannel, null, [port]);
  };
  const asked = (event: IpcMainEvent, ...words: readonly unknown[]): void => {
    const reason = refusal(event, words, isOurs);
    if (reason === undefined) return handOver(event.sender);
    if (!reported.has(reason)) report(reason);
    reported.add(reason);
  };
  ipcMain.on(connectChannel, asked);
  return {
    reconnect() {
      for (const [page, how] of pages) {
        // It may have gone elsewhere since it asked; guards.ts says it cannot, and this does not rely on it.
        if (page.isDestroyed() || !isOwnAddress(page.mainFrame.url)) pages.delete(page);
        else if (how === 'waits') handOver(page);
        else page.reload();
      }
    },
    close() {
      ipcMain.off(connectChannel, asked);
      pages.clear();
    },
  };
}

/** SECURITY: the top frame of one of our windows, on our own origin, with a message of the one shape there is. */
function refusal(
  { sender, senderFrame }: IpcMainEvent,
  words: readonly unknown[],
  isOurs: (contents: WebContents) => boolean,
): string | undefined {
  if (!isOurs(sender)) return 'A page that is not ours asked for the core; it got nothing.';
  // Gone, or a frame inside the page.
  if (senderFrame === null || senderFrame.parent !== null)
    return 'A frame inside a page asked for the core; it got nothing.';
  if (senderFrame.origin !== origin) return 'A page from elsewhere asked for the core; it got nothing.';
  if (words.length > 0) return 'A page asked for the core in a way that does not exist; it got nothing.';
  return undefined;
}
