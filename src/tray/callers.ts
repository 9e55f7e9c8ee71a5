// May whoever pressed something in the tray do that? Any process of the user can call what the tray exports, so it may be the
// assistant that Scrim holds outputs of.
//
// What this does not stop: a process that got rid of every tie to the assistant (started by systemd, cron, tmux), one that
// moves the mouse (`xdotool`), and one that takes a host's name. So nothing in the tray answers a question or turns
// protection off; the most that a forged press does is to open a window, to end a pause, or to stop Scrim, after which
// no traffic passes at all. A process of the same user can do that last thing with `kill`, too.

import { BUS, type TrayBus } from './bus.ts';
import { RefusedCall } from './served.ts';

export interface Callers {
  /** Rejects with RefusedCall where the caller may be an assistant, or cannot be found out. */
  check(sender: string): Promise<void>;
  /** Is it the process of a panel: the watcher, or a host that shows items? */
  isPanel(sender: string): Promise<boolean>;
}

const hostName = /^org\.(?:kde|freedesktop)\.StatusNotifierHost-/;
const own = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS };

/** `mayUse`: false for a guarded process, for what it started, and for what cannot be found. */
export function createCallers(bus: TrayBus, watcher: string, mayUse: (pid: number) => Promise<boolean>): Callers {
  /** Undefined: the bus does not know, or not in our numbers. */
  async function processOf(sender: string): Promise<number | undefined> {
    const asked = { ...own, member: 'GetConnectionUnixProcessID', signature: 's', body: [sender] };
    const pid = await bus.call(asked).catch(() => undefined);
    return typeof pid === 'number' && pid > 0 ? pid : undefined;
  }
  return {
    async check(sender) {
      const pid = await processOf(sender);
      // SECURITY: what cannot be found out counts as a no.
      if (pid === undefined || !(await mayUse(pid).catch(() => false)))
        throw new RefusedCall(
          'AccessDenied',
          'Use the tray with the mouse: this came from a program that Scrim guards.',
        );
    },
    async isPanel(sender) {
      const names = await bus.call({ ...own, member: 'ListNames' }).catch(() => []);
      const hosts = (Array.isArray(names) ? names : []).filter(
        (name): name is string => typeof name === 'string' && (name === watcher || hostName.test(name)),
      );
      const owners = await Promise.all(hosts.map((name) => bus.ownerOf(name)));
      // A host may have one connection for its name and another for its menus: what counts is the process.
      const owning = owners.filter((owner) => owner !== undefined);
      const [pid, ...panels] = await Promise.all([sender, ...owning].map(processOf));
      return pid !== undefined && panels.includes(pid);
    },
  };
}
