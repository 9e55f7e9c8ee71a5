// On a real D-Bus with a watcher that has no screen; the real panel is in panel.test.ts. Long: one bus and one watcher for all.

import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Message, MessageBus } from 'dbus-native';
import { openTray, type Tray } from '../../src/tray/tray.ts';
import type { TrayState } from '../../src/tray/tray-state.ts';
import { startBus, type TestBus } from '../support/desktop-bus.ts';
import { missingProgram } from '../support/programs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { connect, pressFrom, startWatcher, WATCHER, type FakeWatcher } from './fake-watcher.ts';

const missing = missingProgram('dbus-daemon', '--version') ?? missingProgram('gdbus', 'help');
const quiet: TrayState = { state: 'on', pending: 0, newest: [], pausedUntil: null };
const asking: TrayState = {
  state: 'asking',
  pending: 2,
  newest: [
    { id: 'q-2', label: 'my_tool, for claude' },
    { id: 'q-1', label: 'Bash, for codex' },
  ],
  pausedUntil: null,
};
const paused: TrayState = { ...quiet, state: 'observing', pausedUntil: 1_800_000_000_000 };
const ITEM = ['/StatusNotifierItem', 'org.kde.StatusNotifierItem'] as const;
const MENU = ['/MenuBar', 'com.canonical.dbusmenu'] as const;

type Node = [id: number, properties: Record<string, unknown>, children: Node[]];

describe.skipIf(missing !== undefined)('the tray', () => {
  let bus: TestBus;
  let now: number;
  let refused: Set<number>;
  const done: string[] = [];
  const open: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    bus = await startBus();
    now = 0;
    refused = new Set();
    done.length = 0;
  });
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
    await bus.stop();
  });

  async function start(state: TrayState = quiet, mayUse?: (pid: number) => Promise<boolean>): Promise<Tray> {
    const tray = await openTray(state, {
      busAddress: bus.address,
      clock: { now: () => now },
      actions: {
        open: (screen) => done.push(`open ${screen}`),
        resume: () => done.push('resume'),
        stop: () => done.push('stop'),
      },
      mayUse: mayUse ?? (async (pid) => Promise.resolve(!refused.has(pid))),
    });
    open.push(() => tray.close());
    return tray;
  }
  async function watcher(hasHost?: boolean): Promise<FakeWatcher> {
    const made = await startWatcher(bus.address, hasHost);
    open.push(() => made.stop());
    return made;
  }
  async function client(): Promise<MessageBus> {
    const made = await connect(bus.address);
    open.push(() => made.close());
    return made;
  }
  const call = (
    from: MessageBus,
    destination: string,
    [path, name]: readonly [string, string],
    member: string,
    signature = '',
    body: unknown[] = [],
  ): Promise<unknown> => Promise.resolve(from.invoke({ destination, path, interface: name, member, signature, body }));
  const get = (from: MessageBus, destination: string, [path, name]: readonly [string, string], property: string) =>
    call(from, destination, [path, 'org.freedesktop.DBus.Properties'], 'Get', 'ss', [name, property]);
  const click = (from: MessageBus, destination: string, id: number): Promise<unknown> =>
    call(from, destination, MENU, 'Event', 'isvu', [id, 'clicked', ['s', ''], 0]);
  /** Revision, and label (`>` for what opens a submenu) by id. */
  async function menu(
    from: MessageBus,
    destination: string,
  ): Promise<{ revision: number; labels: Map<string, number> }> {
    const body = await new Promise<unknown[]>((resolve, reject) =>
      from.invoke(
        { destination, path: MENU[0], interface: MENU[1], member: 'GetLayout', signature: 'iias', body: [0, -1, []] },
        (error, ...values: unknown[]) => (error === null ? resolve(values) : reject(error)),
      ),
    );
    const [revision, root] = body as [number, Node];
    const all = ([, , children]: Node): Node[] => children.flatMap((child) => [child, ...all(child)]);
    return { revision, labels: new Map(all(root).map(([id, { label }]) => [String(label), id])) };
  }
  async function idOf(from: MessageBus, destination: string, label: string): Promise<number> {
    const id = (await menu(from, destination)).labels.get(label);
    if (id === undefined) throw new Error(`The menu has no ${label}.`);
    return id;
  }

  describe('and the panel', () => {
    test('registers with a panel that was there before', async () => {
      const panel = await watcher();
      await start();
      const sender = await panel.item();
      expect(panel.registered).toEqual([{ sender, item: '/StatusNotifierItem' }]);
      expect(await get(panel.bus, sender, ITEM, 'Id')).toBe('scrim');
      expect(await get(panel.bus, sender, ITEM, 'Menu')).toBe('/MenuBar');
    });

    test('registers with one that comes later, and with the one after it', async () => {
      await start();
      const first = await watcher();
      const sender = await first.item();
      await first.stop();
      const second = await watcher();
      expect(await second.item()).toBe(sender);
    });

    test('registers with one that takes the place of another', async () => {
      await start();
      await (await watcher()).item();
      expect(await (await watcher()).item()).toMatch(/^:/);
    });

    test('does not register before there is somebody who shows it, and then once', async () => {
      const panel = await watcher(false);
      const asked = panel.asked();
      await start();
      await asked;
      const names = (await panel.bus.listNames()).filter((name) => name.startsWith(':') && name !== panel.bus.name);
      // Two rounds: what the tray sends upon the answer is here before its second.
      for (const name of [...names, ...names]) await get(panel.bus, name, ITEM, 'Id').catch(() => undefined);
      expect(panel.registered).toEqual([]);
      panel.addHost();
      const sender = await panel.item();
      panel.addHost();
      for (const name of [sender, sender]) await get(panel.bus, name, ITEM, 'Id');
      expect(panel.registered).toHaveLength(1);
    });

    test('no panel: nothing happens, and nothing is said', async () => {
      const said = [vi.spyOn(console, 'log'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
      const tray = await start();
      tray.show(asking);
      await tray.close();
      tray.show(quiet);
      for (const spy of said) {
        expect(spy).not.toHaveBeenCalled();
        spy.mockRestore();
      }
    });

    test('the bus goes away under it: nothing is said, and closing it ends', async () => {
      const warn = vi.spyOn(console, 'warn');
      await watcher();
      const tray = await start();
      await bus.stop();
      tray.show(asking);
      tray.show(quiet);
      await tray.close();
      expect(warn).not.toHaveBeenCalled();
      warn.mockRestore();
      bus = await startBus();
    });

    test('no bus, or something else at its address', async () => {
      const folder = temporaryFolder();
      const actions = { open: vi.fn(), resume: vi.fn(), stop: vi.fn() };
      const at = (busAddress: string): Promise<Tray> =>
        openTray(quiet, { busAddress, clock: { now: () => 0 }, actions, mayUse: async () => Promise.resolve(true) });
      await expect(at(`unix:path=${join(folder.path, 'none')}`)).rejects.toThrow();
      await expect(at('nonsense')).rejects.toThrow();
      const server = createServer((socket) => socket.end('no bus\r\n'));
      await new Promise<void>((resolve) => server.listen(join(folder.path, 'other'), resolve));
      await expect(at(`unix:path=${join(folder.path, 'other')}`)).rejects.toThrow();
      server.close();
      folder.remove();
    });
  });

  describe('shows', () => {
    test('the state: status, tooltip and icon, and tells of changes', async () => {
      const panel = await watcher();
      const tray = await start();
      const sender = await panel.item();
      const heard = listen(panel.bus, sender);
      await panel.bus.addMatch(`type='signal',sender='${sender}'`);
      expect(await get(panel.bus, sender, ITEM, 'Status')).toBe('Active');
      const before = await get(panel.bus, sender, ITEM, 'IconPixmap');
      tray.show(asking);
      await vi.waitFor(() => expect(heard).toContain('LayoutUpdated'));
      expect(heard).toEqual(['NewIcon', 'NewAttentionIcon', 'NewStatus NeedsAttention', 'NewToolTip', 'LayoutUpdated']);
      expect(await get(panel.bus, sender, ITEM, 'Status')).toBe('NeedsAttention');
      expect(await get(panel.bus, sender, ITEM, 'ToolTip')).toEqual([
        '',
        [],
        'Scrim',
        'Scrim is on. 2 outputs wait for you',
      ]);
      const after = (await get(panel.bus, sender, ITEM, 'IconPixmap')) as [number, number, Buffer][];
      expect(after).not.toEqual(before);
      expect(after.map(([width, height, pixels]) => [width, height, pixels.length])).toEqual(
        [22, 24, 32, 48].map((size) => [size, size, size * size * 4]),
      );
      expect(await get(panel.bus, sender, ITEM, 'AttentionIconPixmap')).toEqual(after);
      heard.length = 0;
      tray.show(asking);
      tray.show({ ...asking, newest: asking.newest.slice(1), pending: 1 });
      await vi.waitFor(() => expect(heard).toContain('LayoutUpdated'));
      // The same state twice is no news.
      expect(heard.filter((each) => each === 'LayoutUpdated')).toHaveLength(1);
    });

    test('a menu whose revision goes up with its entries, and whose labels change without', async () => {
      const panel = await watcher();
      const tray = await start();
      const sender = await panel.item();
      await panel.bus.addMatch(`type='signal',sender='${sender}'`);
      const heard = listen(panel.bus, sender);
      const before = await menu(panel.bus, sender);
      tray.show(asking);
      await vi.waitFor(() => expect(heard).toContain('LayoutUpdated'));
      const after = await menu(panel.bus, sender);
      expect(after.revision).toBe(before.revision + 1);
      expect([...after.labels.keys()]).toEqual(
        expect.arrayContaining(['2 outputs wait for you', 'my__tool, for claude', 'Bash, for codex']),
      );
      heard.length = 0;
      tray.show({ ...asking, pending: 3 });
      await vi.waitFor(() => expect(heard).toContain('ItemsPropertiesUpdated'));
      expect(heard).not.toContain('LayoutUpdated');
      const last = await menu(panel.bus, sender);
      expect(last.revision).toBe(after.revision);
      expect(last.labels.get('3 outputs wait for you')).toBe(after.labels.get('2 outputs wait for you'));
    });
  });

  describe('pressed', () => {
    test.each([
      ['Open Scrim', quiet, 'open home'],
      ['For 15 minutes…', quiet, 'open pause/15'],
      ['2 outputs wait for you', asking, 'open approvals'],
      ['my__tool, for claude', asking, 'open approvals/q-2'],
      ['Resume', paused, 'resume'],
      ['Stop Scrim', quiet, 'stop'],
    ])('%s', async (label, state, expected) => {
      const panel = await watcher();
      await start(state);
      const sender = await panel.item();
      await click(panel.bus, sender, await idOf(panel.bus, sender, label));
      expect(done).toEqual([expected]);
    });

    test('the icon itself, and a group of events', async () => {
      const panel = await watcher();
      await start(asking);
      const sender = await panel.item();
      await call(panel.bus, sender, ITEM, 'Activate', 'ii', [0, 0]);
      now += 1000;
      const id = await idOf(panel.bus, sender, 'Open Scrim');
      const events = [
        [id, 'hovered', ['s', ''], 0],
        [id, 'clicked', ['s', ''], 0],
        [999, 'clicked', ['s', ''], 0],
      ];
      expect(await call(panel.bus, sender, MENU, 'EventGroup', 'a(isvu)', [events])).toEqual([999]);
      expect(done).toEqual(['open approvals', 'open home']);
    });

    test('many times in a moment: one window', async () => {
      const panel = await watcher();
      await start();
      const sender = await panel.item();
      const id = await idOf(panel.bus, sender, 'Open Scrim');
      await Promise.allSettled(Array.from({ length: 20 }, () => click(panel.bus, sender, id)));
      expect(done).toEqual(['open home']);
      now += 1000;
      await click(panel.bus, sender, id);
      expect(done).toEqual(['open home', 'open home']);
    });

    test('what is not an entry, or cannot be pressed', async () => {
      const panel = await watcher();
      await start();
      const sender = await panel.item();
      await expect(click(panel.bus, sender, 4711)).rejects.toThrow('no entry 4711');
      await click(panel.bus, sender, await idOf(panel.bus, sender, 'Scrim is on'));
      await click(panel.bus, sender, await idOf(panel.bus, sender, 'Pause masking and holding'));
      await click(panel.bus, sender, 0);
      expect(done).toEqual([]);
    });
  });

  describe('does not believe others', () => {
    const forged = (sender: string, id: number) =>
      [sender, MENU[0], `${MENU[1]}.Event`, String(id), 'clicked', "<''>", '0'] as const;

    test('a process that may not use it presses nothing', async () => {
      const panel = await watcher();
      const asked: number[] = [];
      await start(paused, async (pid) => {
        asked.push(pid);
        return Promise.resolve(pid === process.pid);
      });
      const sender = await panel.item();
      for (const label of ['Open Scrim', 'Stop Scrim', 'Resume']) {
        const { ok, pid, said } = await pressFrom(
          bus.address,
          {},
          ...forged(sender, await idOf(panel.bus, sender, label)),
        );
        expect(ok).toBe(false);
        expect(said).toContain('AccessDenied');
        expect(asked.at(-1)).toBe(pid);
      }
      const activate = [sender, ITEM[0], `${ITEM[1]}.Activate`, '0', '0'] as const;
      expect(await pressFrom(bus.address, {}, ...activate)).toMatchObject({ ok: false });
      expect(done).toEqual([]);
    });

    test('who cannot be found out does not press either', async () => {
      const panel = await watcher();
      await start(quiet, async () => Promise.reject(new Error('no')));
      const sender = await panel.item();
      await expect(click(panel.bus, sender, await idOf(panel.bus, sender, 'Stop Scrim'))).rejects.toThrow(
        'with the mouse',
      );
      expect(done).toEqual([]);
    });

    test('only the panel stops Scrim: for another process the window opens', async () => {
      const panel = await watcher();
      await start();
      const sender = await panel.item();
      const id = await idOf(panel.bus, sender, 'Stop Scrim');
      expect(await pressFrom(bus.address, {}, ...forged(sender, id))).toMatchObject({ ok: true });
      expect(done).toEqual(['open home']);
    });

    test('no property can be set', async () => {
      const panel = await watcher();
      await start();
      const sender = await panel.item();
      const set = (value: unknown): Promise<unknown> =>
        call(panel.bus, sender, [ITEM[0], 'org.freedesktop.DBus.Properties'], 'Set', 'ssv', [ITEM[1], 'Title', value]);
      await expect(set(['s', 'Other'])).rejects.toThrow();
      expect(await get(panel.bus, sender, ITEM, 'Title')).toBe('Scrim');
    });

    test('calls of another shape are refused, and bring nothing down', async () => {
      const panel = await watcher();
      await start();
      const sender = await panel.item();
      for (const [where, member, signature, body] of [
        [MENU, 'Event', 's', ['clicked']],
        [MENU, 'GetLayout', '', []],
        [MENU, 'EventGroup', 'as', [['x']]],
        [ITEM, 'Activate', '', []],
        [ITEM, 'toString', '', []],
        [MENU, '__proto__', '', []],
      ] as const)
        await expect(call(panel.bus, sender, where, member, signature, [...body])).rejects.toThrow();
      // Not answered at all: the library trips over it, and must not take us with it.
      const without = {
        destination: sender,
        path: ITEM[0],
        interface: 'org.freedesktop.DBus.Properties',
        member: 'Get',
      };
      await expect(Promise.resolve(panel.bus.invoke(without, { timeout: 200 }))).rejects.toThrow();
      expect(await get(panel.bus, sender, ITEM, 'Id')).toBe('scrim');
      expect(done).toEqual([]);
    });

    test('a forged change of the watcher does not make another one ours', async () => {
      const panel = await watcher();
      await start();
      const sender = await panel.item();
      const forger = await client();
      const lure = { sender: '', registered: 0 };
      forger.exportInterface(
        { IsStatusNotifierHostRegistered: true, RegisterStatusNotifierItem: () => ((lure.registered += 1), null) },
        '/StatusNotifierWatcher',
        {
          name: WATCHER,
          methods: { RegisterStatusNotifierItem: ['s', '', ['service'], []] },
          properties: { IsStatusNotifierHostRegistered: 'b' },
        },
      );
      for (const name of ['org.freedesktop.DBus', WATCHER])
        forger.connection.message({
          ...{ type: 4, serial: 0x7000, destination: sender, path: '/org/freedesktop/DBus', interface: name },
          ...{ member: 'NameOwnerChanged', signature: 'sss', body: [WATCHER, '', forger.name ?? ''] },
        });
      await get(forger, sender, ITEM, 'Id');
      await get(forger, sender, ITEM, 'Id');
      expect(lure.registered).toBe(0);
      expect(panel.registered).toHaveLength(1);
    });
  });
});

/** Members of the signals that come from there. */
function listen(bus: MessageBus, sender: string): string[] {
  const heard: string[] = [];
  bus.connection.on('message', ({ type, sender: from, member = '', body = [] }: Message) => {
    if (type === 4 && from === sender)
      heard.push([member, ...body.filter((each) => typeof each === 'string')].join(' '));
  });
  return heard;
}
