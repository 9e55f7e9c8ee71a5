// Where the shell's own files lie: beside the bundle it runs from.

import { fileURLToPath } from 'node:url';

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The window's files, as the build made them. */
export const rendererFolder = beside('../renderer/');
export const preloadFile = beside('preload.cjs');
export const coreProcessFile = beside('core-process.js');
export const keychainFile = beside('keychain-child.js');
/** One picture per state of the tray; made by the build from `build/icons`. */
export const trayFolder = beside('tray/');
