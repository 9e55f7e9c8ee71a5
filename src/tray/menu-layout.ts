// A menu in the words of com.canonical.dbusmenu: layouts, properties, and what changed from one menu to the next.
// https://github.com/AyatanaIndicators/libdbusmenu/blob/master/libdbusmenu-glib/dbus-menu.xml

import type { MenuAction, MenuEntry } from './menu.ts';

/** Signature and value, as the wire's variants. */
export type Variant = readonly [signature: string, value: unknown];
export type Properties = readonly (readonly [name: string, value: Variant])[];
/** `(ia{sv}av)` */
export type LayoutNode = readonly [id: number, properties: Properties, children: readonly Variant[]];

export interface MenuChange {
  /** Entries came, went or moved: the layout must be read anew. */
  readonly layout: boolean;
  /** `a(ia{sv})` */
  readonly updated: readonly (readonly [id: number, properties: Properties])[];
  /** `a(ias)`: these have their default again. */
  readonly removed: readonly (readonly [id: number, names: readonly string[]])[];
}

export interface MenuLayout {
  /** `depth` -1: all of it. `names` empty: every property. Undefined: no such entry. */
  layout(parent: number, depth: number, names: readonly string[]): LayoutNode | undefined;
  /** Undefined: no such entry. */
  properties(id: number, names: readonly string[]): Properties | undefined;
  /** The root included. */
  readonly ids: readonly number[];
  /** Undefined: nothing happens there. */
  action(id: number): MenuAction | undefined;
  changesFrom(before: MenuLayout): MenuChange;
  readonly shape: string;
}

const ROOT = 0;

export function layoutOf(entries: readonly MenuEntry[]): MenuLayout {
  const root: MenuEntry = { id: ROOT, children: entries };
  const byId = new Map<number, MenuEntry>();
  const enter = (entry: MenuEntry): void => {
    byId.set(entry.id, entry);
    entry.children?.forEach(enter);
  };
  enter(root);
  const properties = (id: number, names: readonly string[]): Properties | undefined => {
    const entry = byId.get(id);
    return entry && propertiesOf(entry).filter(([name]) => names.length === 0 || names.includes(name));
  };
  const layout = (id: number, depth: number, names: readonly string[]): LayoutNode | undefined => {
    const own = properties(id, names);
    if (own === undefined) return undefined;
    const children = depth === 0 ? [] : (byId.get(id)?.children ?? []);
    const nodes = children.flatMap((child) => {
      const node = layout(child.id, depth - 1, names);
      return node === undefined ? [] : [['(ia{sv}av)', node] as const];
    });
    return [id, own, nodes];
  };
  const shape = shapeOf(root);
  return {
    layout,
    properties,
    ids: [...byId.keys()],
    action: (id) => byId.get(id)?.action,
    shape,
    changesFrom(before) {
      const both = [...byId.values()].filter(({ id }) => before.properties(id, []) !== undefined);
      const changed = both.flatMap((entry) => {
        const old = new Map((before.properties(entry.id, []) ?? []).map(([name, [, value]]) => [name, value]));
        const updates = propertiesOf(entry).filter(([name, [, value]]) => old.get(name) !== value);
        return updates.length === 0 ? [] : [[entry.id, updates] as const];
      });
      const removed = both.flatMap((entry) => {
        const now = new Set(propertiesOf(entry).map(([name]) => name));
        const gone = (before.properties(entry.id, []) ?? []).map(([name]) => name).filter((name) => !now.has(name));
        return gone.length === 0 ? [] : [[entry.id, gone] as const];
      });
      return { layout: before.shape !== shape, updated: changed, removed };
    },
  };
}

/** Only what differs from the defaults: visible, enabled, no label, no children. */
function propertiesOf({ label, action, children }: MenuEntry): Properties {
  if (children !== undefined) {
    return [...(label === undefined ? [] : [labelOf(label)]), ['children-display', ['s', 'submenu']]];
  }
  if (label === undefined) return [['type', ['s', 'separator']]];
  return [labelOf(label), ...(action === undefined ? [['enabled', ['b', false]] as const] : [])];
}

/** An underscore would make a mnemonic of the letter behind it. */
function labelOf(label: string): readonly [string, Variant] {
  return ['label', ['s', label.replaceAll('_', '__')]];
}

function shapeOf({ id, children = [] }: MenuEntry): string {
  return `${id}(${children.map(shapeOf).join()})`;
}
