// The tray of a desktop without Electron: an icon with a menu, shown wherever a panel asks for such (Linux).
// https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/

import type { Clock } from '../base/clock.ts';
import { BUS, connectBus, type TrayBus } from './bus.ts';
import { createCallers } from './callers.ts';
import { createQuestionIds, menuOf, shownQuestions, type MenuAction } from './menu.ts';
import { MENU, menuObject } from './menu-object.ts';
import { RefusedCall, serve } from './served.ts';
import { ITEM, ITEM_PATH, itemChanges, MENU_PATH, statusItem } from './status-item.ts';
import type { TrayActions, TrayState } from './tray-state.ts';

export interface TrayOptions {
  readonly busAddress: string;
  readonly clock: Clock;
  readonly actions: TrayActions;
  /** False for a guarded process, for what it started, and for what cannot be found. */
  readonly mayUse: (pid: number) => Promise<boolean>;
}

export interface Tray {
  show(state: TrayState): void;
  close(): Promise<void>;
}

const WATCHER = 'org.kde.StatusNotifierWatcher';
const WATCHER_PATH = '/StatusNotifierWatcher';
/** Milliseconds between two openings of the window: a held key or a flood of forged calls opens one. */
const BETWEEN_OPENINGS = 1000;

/** Nothing is seen until a panel is there. Rejects when there is no bus at the address. */
export async function openTray(state: TrayState, { busAddress, clock, actions, mayUse }: TrayOptions): Promise<Tray> {
  const bus = await connectBus(busAddress);
  let shown = state;
  const callers = createCallers(bus, WATCHER, mayUse);
  let lastOpening = -Infinity;

  async function press(action: MenuAction, sender: string): Promise<void> {
    await callers.check(sender);
    if (action.kind === 'resume') {
      actions.resume();
      return;
    }
    if (action.kind === 'stop' && (await callers.isPanel(sender))) {
      actions.stop();
      return;
    }
    if (clock.now() - lastOpening < BETWEEN_OPENINGS) throw new RefusedCall('LimitsExceeded', 'The window is opening.');
    lastOpening = clock.now();
    actions.open(action.kind === 'open' ? action.screen : 'home');
  }

  const menu = menuObject(press);
  const idsOf = createQuestionIds();
  const updateMenu = (): void => {
    menu.update(menuOf(shown, idsOf(shownQuestions(shown))), (member, signature, body) =>
      bus.signal(MENU_PATH, MENU, member, signature, body),
    );
  };
  updateMenu();
  const item = statusItem(
    () => shown,
    (sender) => press({ kind: 'open', screen: shown.pending > 0 ? 'approvals' : 'home' }, sender),
  );
  serve(bus.bus, ITEM_PATH, item);
  serve(bus.bus, MENU_PATH, menu.served);
  try {
    await follow(bus);
  } catch (error) {
    await bus.close();
    throw error;
  }
  return {
    show(next) {
      const changes = itemChanges(shown, next);
      shown = next;
      for (const [member, body] of changes) bus.signal(ITEM_PATH, ITEM, member, item.signals[member], body);
      updateMenu();
    },
    close: () => bus.close(),
  };
}

/** Registers with the watcher once it has a panel that shows items, and again with whatever takes its place. */
async function follow(bus: TrayBus): Promise<void> {
  let owner: string | undefined;
  let registeredAt: string | undefined;
  const register = async (watcher: string): Promise<void> => {
    const call = { destination: watcher, path: WATCHER_PATH };
    const hasHost = await bus.call({
      ...{ ...call, interface: 'org.freedesktop.DBus.Properties', member: 'Get' },
      ...{ signature: 'ss', body: [WATCHER, 'IsStatusNotifierHostRegistered'] },
    });
    if (hasHost !== true || watcher !== owner || watcher === registeredAt) return;
    registeredAt = watcher;
    // By its path alone, as libappindicator does: the watcher takes our unique name, which nobody else can have.
    const body = [ITEM_PATH];
    await bus.call({ ...call, interface: WATCHER, member: 'RegisterStatusNotifierItem', signature: 's', body });
  };
  /** A watcher that does not answer shows nothing; the next one may. */
  const tryAt = (watcher: string | undefined): void => {
    owner = watcher;
    if (watcher !== undefined) register(watcher).catch(() => undefined);
  };
  bus.onSignal(({ sender, interface: name, member, body }) => {
    if (sender === BUS && name === BUS && member === 'NameOwnerChanged' && body?.[0] === WATCHER) {
      tryAt(typeof body[2] === 'string' && body[2] !== '' ? body[2] : undefined);
    }
    if (sender === owner && name === WATCHER && member === 'StatusNotifierHostRegistered') tryAt(owner);
  });
  await bus.bus.addMatch(`type='signal',sender='${BUS}',member='NameOwnerChanged',arg0='${WATCHER}'`);
  await bus.bus.addMatch(`type='signal',sender='${WATCHER}',interface='${WATCHER}'`);
  const first = await bus.ownerOf(WATCHER);
  if (owner === undefined) tryAt(first);
}
