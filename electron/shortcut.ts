// One global shortcut: the newest question, in front of everything.

import { globalShortcut } from 'electron';

/** A for ask. Not in the way of the editors we know. */
export const newestQuestionKeys = 'CommandOrControl+Alt+Shift+A';

/** @returns false where the system or another program holds the keys: then the person should be told */
export function registerShortcut(show: () => void): boolean {
  try {
    return globalShortcut.register(newestQuestionKeys, show);
  } catch {
    return false;
  }
}
