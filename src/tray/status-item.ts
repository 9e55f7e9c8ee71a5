// The tray's icon as a StatusNotifierItem.
// https://www.freedesktop.org/wiki/Specifications/StatusNotifierItem/StatusNotifierItem/

import { iconPixmaps, type Pixmap } from './icon.ts';
import { statusLine, waitingLine } from './menu.ts';
import type { ServedInterface } from './served.ts';
import type { TrayState } from './tray-state.ts';

export const ITEM = 'org.kde.StatusNotifierItem';
export const ITEM_PATH = '/StatusNotifierItem';
export const MENU_PATH = '/MenuBar';

type WirePixmap = readonly [width: number, height: number, argb: Buffer];

/** `now`: what is shown. `activate`: a left click; rejects to refuse it. */
export function statusItem(now: () => TrayState, activate: (sender: string) => Promise<void>): ServedInterface {
  const text = (value: () => string): { type: string; value: () => string } => ({ type: 's', value });
  const pixmaps = (value: () => readonly WirePixmap[]): { type: string; value: () => readonly WirePixmap[] } => ({
    type: 'a(iiay)',
    value,
  });
  const nothing = (signature: string): ServedInterface['methods'][string] => ({
    in: signature,
    out: '',
    handle: () => null,
  });
  return {
    name: ITEM,
    methods: {
      Activate: { in: 'ii', out: '', handle: (_, sender) => activate(sender).then(() => null) },
      // The panel shows the menu itself.
      ContextMenu: nothing('ii'),
      SecondaryActivate: nothing('ii'),
      Scroll: nothing('is'),
    },
    properties: {
      Category: text(() => 'ApplicationStatus'),
      Id: text(() => 'scrim'),
      Title: text(() => 'Scrim'),
      Status: text(() => statusOf(now())),
      WindowId: { type: 'i', value: () => 0 },
      ItemIsMenu: { type: 'b', value: () => false },
      Menu: { type: 'o', value: () => MENU_PATH },
      IconThemePath: text(() => ''),
      IconName: text(() => ''),
      IconPixmap: pixmaps(() => iconOf(now())),
      OverlayIconName: text(() => ''),
      OverlayIconPixmap: pixmaps(() => []),
      AttentionIconName: text(() => ''),
      AttentionIconPixmap: pixmaps(() => iconOf(now())),
      AttentionMovieName: text(() => ''),
      ToolTip: { type: '(sa(iiay)ss)', value: () => ['', [], 'Scrim', tooltip(now())] },
    },
    signals: { NewTitle: '', NewIcon: '', NewAttentionIcon: '', NewToolTip: '', NewStatus: 's' },
  };
}

/** The signals that tell of a change, with their bodies. */
export function itemChanges(
  before: TrayState,
  after: TrayState,
): readonly (readonly [name: string, body: readonly string[]])[] {
  const isSameIcon = before.state === after.state && before.pending === after.pending;
  return [
    ...(isSameIcon ? [] : [['NewIcon', []] as const, ['NewAttentionIcon', []] as const]),
    ...(statusOf(before) === statusOf(after) ? [] : [['NewStatus', [statusOf(after)]] as const]),
    ...(tooltip(before) === tooltip(after) ? [] : [['NewToolTip', []] as const]),
  ];
}

function statusOf({ state }: TrayState): string {
  return state === 'asking' ? 'NeedsAttention' : 'Active';
}

/** Words of ours only: KDE takes it for markup. */
function tooltip(state: TrayState): string {
  return state.pending === 0 ? statusLine(state) : `${statusLine(state)}. ${waitingLine(state.pending)}`;
}

function iconOf({ state, pending }: TrayState): readonly WirePixmap[] {
  return iconPixmaps(state, pending).map(({ size, argb }: Pixmap) => [size, size, Buffer.from(argb)]);
}
