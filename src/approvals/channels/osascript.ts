// macOS: `display dialog`. The text travels as an argument, never inside the script. Not run on a Mac so far.
// https://developer.apple.com/library/archive/documentation/AppleScript/Conceptual/AppleScriptLangGuide/reference/ASLR_cmds.html

import { allowed, denied, none, once, type DialogProgram } from './dialog-program.ts';
import { linesAt } from '../../contract/shown-text.ts';

/** The dialog grows with its text, and beyond the screen takes the buttons along. */
const MAX_LINES = 25;
const LINE = 60;

const script = [
  'on run argv',
  'display dialog (item 2 of argv) with title (item 1 of argv) ' +
    'buttons {"Approve for this session", "Approve", "Deny"} default button "Deny" cancel button "Deny" ' +
    'with icon caution giving up after (item 3 of argv as integer)',
  'end run',
];

export const osascript: DialogProgram = {
  ask: {
    call({ title, text, seconds }) {
      if (linesAt(LINE, text) > MAX_LINES) return undefined;
      return {
        file: 'osascript',
        args: [...script.flatMap((line) => ['-e', line]), '--', title, text, String(seconds)],
      };
    },
    outcome({ code, out, err }) {
      // Giving up ends with 0 as well, and names no button.
      if (code === 0) {
        if (!out.trimEnd().endsWith('gave up:false')) return none;
        if (out.startsWith('button returned:Approve,')) return allowed(once);
        if (out.startsWith('button returned:Approve for this session,')) return allowed({ kind: 'session' });
        return denied;
      }
      return /\(-128\)/.test(err) ? denied : none;
    },
  },
};
