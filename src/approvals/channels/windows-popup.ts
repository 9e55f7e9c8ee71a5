// Windows: a message box. The script is constant, the text travels in the environment. Not run on Windows so far.
// https://learn.microsoft.com/previous-versions/windows/internet-explorer/ie-developer/windows-scripting/x83z1d9f(v=vs.84)

import { allowed, denied, none, once, type DialogProgram } from './dialog-program.ts';
import { linesAt } from '../../contract/shown-text.ts';

/** The box does not scroll. */
const MAX_LINES = 25;
const LINE = 60;

/** Yes and No (4), a warning (48), the second button is the default (256), above other windows (4096). -1: nobody answered. */
const script =
  '$answer = (New-Object -ComObject WScript.Shell).Popup($env:SCRIM_TEXT, [int]$env:SCRIM_SECONDS, $env:SCRIM_TITLE, 4 + 48 + 256 + 4096)\n' +
  'if ($answer -eq 6) { exit 16 }\n' +
  'if ($answer -eq 7) { exit 17 }\n' +
  'exit 18\n';

/** Codes of our own: what PowerShell itself ends with (0, 1) is no answer. */
const YES = 16;
const NO = 17;

export const windowsPopup: DialogProgram = {
  ask: {
    call({ title, text, seconds }) {
      const whole = `${text}\n\nYes: approve it once. No: deny it.`;
      if (linesAt(LINE, whole) > MAX_LINES) return undefined;
      const encoded = Buffer.from(script, 'utf16le').toString('base64');
      return {
        file: 'powershell.exe',
        args: ['-NoProfile', '-NonInteractive', '-STA', '-EncodedCommand', encoded],
        env: { SCRIM_TITLE: title, SCRIM_TEXT: whole, SCRIM_SECONDS: String(seconds) },
      };
    },
    outcome: ({ code }) => (code === YES ? allowed(once) : code === NO ? denied : none),
  },
};
