// Runs in the window's sandbox before its page, and exposes one function: ask for a port to the core. The port comes to the
// page as a message from itself, since a port cannot pass the context bridge.
//
// SECURITY: never `ipcRenderer` or a function that takes a channel's name. No imports of ours either: this file has no
// module loader around it. The names are those of bridge.ts.

import { contextBridge, ipcRenderer } from 'electron';

declare const location: { readonly origin: string };
declare const window: { postMessage(message: string, origin: string, ports: unknown): void };

ipcRenderer.on('scrim:port', ({ ports }) => {
  // SECURITY: to our own page only, should this window ever show another one.
  window.postMessage('scrim:port', location.origin, ports);
});

contextBridge.exposeInMainWorld('scrim', {
  /** Brings one message `scrim:port` with a port, as soon as the core runs. Called again when that port closes. */
  connect: () => ipcRenderer.send('scrim:connect'),
});
