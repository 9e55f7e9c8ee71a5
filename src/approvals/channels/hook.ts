// The policy's own command answers: `approval.hook`. The question comes as JSON on its standard input; it ends with 0 to
// allow and with 1 to deny. Anything else is no answer.

import type { TimedClock } from '../../base/clock.ts';
import type { Channel } from '../channel.ts';
import { runProgram } from './run-program.ts';
import { untilDeadline } from './until-deadline.ts';

export interface HookOptions {
  readonly clock: TimedClock;
  /** Program and arguments; no shell is involved. */
  readonly command: readonly [string, ...string[]];
  /** What `./` in it means, and where it runs: the policy file's folder. */
  readonly folder: string;
  /** The user's environment, of which it gets the part that is listed here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where we listen, as `127.0.0.1:8877`: a proxy variable that leads there is not handed on. */
  readonly ownAddresses: readonly string[];
}

const MAX_NOTE = 1000;

/** SECURITY: a list, not an exclusion: no token of ours and no key of the user's goes to the command unless it stands here. */
const handedOn = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TERM'],
  ...['DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME', 'XDG_SESSION_TYPE'],
  ...['XDG_CURRENT_DESKTOP', 'DBUS_SESSION_BUS_ADDRESS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NO_PROXY'],
  // Windows does not work without them.
  ...['SYSTEMROOT', 'WINDIR', 'COMSPEC', 'PATHEXT', 'TEMP', 'TMP', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA'],
]);

/** Undefined: it could not be run, ended with another code or by a signal, or did not end in time. */
export function hookChannel({ clock, command, folder, env, ownAddresses }: HookOptions): Channel {
  const [file, ...args] = command;
  const handed = hookEnvironment(env, ownAddresses);
  return {
    name: 'hook',
    async ask(question, waiting, withdrawn) {
      const { signal, end } = untilDeadline(clock, question.deadline, withdrawn);
      try {
        const input = `${JSON.stringify({ ...question, waiting })}\n`;
        const result = await runProgram({ file, args, env: handed, folder, input }, signal);
        if (result?.code !== 0 && result?.code !== 1) return undefined;
        const [note = ''] = result.out.split('\n', 1);
        const verdict = result.code === 0 ? 'allow' : 'deny';
        return { verdict, scope: { kind: 'once' }, note: note.trim().slice(0, MAX_NOTE) };
      } finally {
        end();
      }
    },
  };
}

function hookEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  ownAddresses: readonly string[],
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value = '']) => {
      const upper = name.toUpperCase();
      if (/^(HTTPS?|ALL)_PROXY$/.test(upper)) return !isOurs(value, ownAddresses);
      return handedOn.has(upper) || upper.startsWith('LC_');
    }),
  );
}

function isOurs(proxy: string, ownAddresses: readonly string[]): boolean {
  const url = URL.parse(proxy.includes('://') ? proxy : `http://${proxy}`);
  // What cannot be read is not handed on.
  if (url === null) return true;
  const isLoopback = /^(localhost|127\..*|\[::1\]|0\.0\.0\.0)$/.test(url.hostname);
  return isLoopback && ownAddresses.some((address) => address.endsWith(`:${url.port}`));
}
