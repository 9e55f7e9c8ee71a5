// The words that the app was started with.

import { hiddenWord } from './autostart.ts';
import { serveFlagsSchema, type StartFlags } from './core-messages.ts';
import { screenAmong, type Screen } from './deep-link.ts';

export interface StartWords {
  readonly flags: StartFlags;
  /** In the tray only: started with the session. */
  readonly isHidden: boolean;
  readonly screen: Screen | undefined;
}

/** `--scrim-flags={…}`: what `scrim start` was told. */
export const flagsWord = '--scrim-flags=';

/** Throws with one sentence where the flags are not what `scrim start` passes. */
export function readStartWords(words: readonly string[]): StartWords {
  const given = words.find((word) => word.startsWith(flagsWord));
  return {
    flags: given === undefined ? {} : readFlags(given.slice(flagsWord.length)),
    isHidden: words.includes(hiddenWord),
    screen: screenAmong(words),
  };
}

function readFlags(text: string): StartFlags {
  try {
    return serveFlagsSchema.parse(JSON.parse(text));
  } catch {
    throw new Error('Start the app with "scrim start", which passes its options in the way that the app reads.');
  }
}
