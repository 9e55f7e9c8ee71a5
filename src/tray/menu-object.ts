// The tray's menu as an object of com.canonical.dbusmenu that panels read and press.
// https://github.com/AyatanaIndicators/libdbusmenu/blob/master/libdbusmenu-glib/dbus-menu.xml

import type { MenuAction, MenuEntry } from './menu.ts';
import { layoutOf, type MenuLayout } from './menu-layout.ts';
import { RefusedCall, type ServedInterface } from './served.ts';

export const MENU = 'com.canonical.dbusmenu';

export interface MenuObject {
  readonly served: ServedInterface;
  /** Tells whoever shows it. */
  update(
    entries: readonly MenuEntry[],
    tell: (member: string, signature: string, body: readonly unknown[]) => void,
  ): void;
}

/** `press`: rejects to refuse it. */
export function menuObject(press: (action: MenuAction, sender: string) => Promise<void>): MenuObject {
  let menu: MenuLayout = layoutOf([]);
  let revision = 1;
  const missing = (id: unknown): RefusedCall => new RefusedCall('InvalidArgs', `The menu has no entry ${String(id)}.`);
  const known = (id: number): boolean => menu.properties(id, []) !== undefined;
  const event = async (id: number, kind: string, sender: string): Promise<void> => {
    const action = kind === 'clicked' ? menu.action(id) : undefined;
    if (action !== undefined) await press(action, sender);
  };
  const served: ServedInterface = {
    name: MENU,
    methods: {
      GetLayout: {
        in: 'iias',
        out: 'u(ia{sv}av)',
        handle(args) {
          const [parent, depth, names] = args as [number, number, string[]];
          const layout = menu.layout(parent, depth, names);
          if (layout === undefined) throw missing(parent);
          return [revision, layout];
        },
      },
      GetGroupProperties: {
        in: 'aias',
        out: 'a(ia{sv})',
        handle(args) {
          const [ids, names] = args as [number[], string[]];
          return (ids.length === 0 ? menu.ids : ids).flatMap((id) => {
            const properties = menu.properties(id, names);
            return properties === undefined ? [] : [[id, properties]];
          });
        },
      },
      GetProperty: {
        in: 'is',
        out: 'v',
        handle(args) {
          const [id, name] = args as [number, string];
          const [property] = menu.properties(id, [name]) ?? [];
          if (property === undefined) throw missing(`${id} with the property ${name}`);
          return property[1];
        },
      },
      Event: {
        in: 'isvu',
        out: '',
        async handle(args, sender) {
          const [id, kind] = args as [number, string];
          if (!known(id)) throw missing(id);
          await event(id, kind, sender);
          return null;
        },
      },
      EventGroup: {
        in: 'a(isvu)',
        out: 'ai',
        async handle(args, sender) {
          const [events] = args as [[number, string][]];
          const lost = events.filter(([id]) => !known(id)).map(([id]) => id);
          if (lost.length > 0 && lost.length === events.length) throw missing(lost.join());
          for (const [id, kind] of events) await event(id, kind, sender);
          return lost;
        },
      },
      // What is shown is always up to date.
      AboutToShow: {
        in: 'i',
        out: 'b',
        handle([id]) {
          if (!known(id as number)) throw missing(id);
          return false;
        },
      },
      AboutToShowGroup: {
        in: 'ai',
        out: 'aiai',
        handle: (args) => [[], (args as [number[]])[0].filter((id) => !known(id))],
      },
    },
    properties: {
      Version: { type: 'u', value: () => 3 },
      TextDirection: { type: 's', value: () => 'ltr' },
      Status: { type: 's', value: () => 'normal' },
      IconThemePath: { type: 'as', value: () => [] },
    },
    signals: { LayoutUpdated: 'ui', ItemsPropertiesUpdated: 'a(ia{sv})a(ias)', ItemActivationRequested: 'iu' },
  };
  return {
    served,
    update(entries, tell) {
      const next = layoutOf(entries);
      const { layout, updated, removed } = next.changesFrom(menu);
      menu = next;
      if (layout) {
        // An unsigned number of 32 bits.
        revision = (revision + 1) >>> 0;
        tell('LayoutUpdated', 'ui', [revision, 0]);
      }
      if (updated.length + removed.length > 0)
        tell('ItemsPropertiesUpdated', served.signals['ItemsPropertiesUpdated'] ?? '', [updated, removed]);
    },
  };
}
