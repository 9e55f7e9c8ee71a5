// The icon in the tray: what Scrim does now, how many outputs wait, and the menu.

import { join } from 'node:path';
import { Menu, nativeImage, Tray, type NativeImage } from 'electron';
import { trayFolder } from './places.ts';
import { statusLine, trayCondition, waitingLine, type ShellState, type TrayCondition } from './shell-state.ts';
import { trayMenu, type TrayActions, type TrayOptions } from './tray-menu.ts';

/** Where the systems differ. */
export interface TrayStyle {
  picture(condition: TrayCondition): string;
  /** A click on the icon opens the window; elsewhere it opens the menu. */
  readonly opensOnClick: boolean;
  /** The count stands beside the icon. */
  readonly showsCount: boolean;
}

export const trayStyles: Readonly<Record<'linux' | 'darwin' | 'win32', TrayStyle>> = {
  linux: { picture: (condition) => `${condition}-22.png`, opensOnClick: false, showsCount: false },
  // "Template": macOS draws it in the colour of its menu bar.
  darwin: { picture: (condition) => `${condition}Template.png`, opensOnClick: false, showsCount: true },
  win32: { picture: (condition) => `${condition}.ico`, opensOnClick: true, showsCount: false },
};

export interface ShellTray {
  /** Draws what has changed. */
  update(state: ShellState, options: TrayOptions): void;
  close(): void;
}

export function createTray(style: TrayStyle, act: TrayActions): ShellTray {
  const picture = (condition: TrayCondition): NativeImage =>
    nativeImage.createFromPath(join(trayFolder, style.picture(condition)));
  // Held by the caller for as long as the app runs: a tray that nobody holds disappears.
  const tray = new Tray(picture('off'));
  let drawn = '';
  if (style.opensOnClick) tray.on('click', () => act.open());

  return {
    update(state, options) {
      const condition = trayCondition(state);
      const pending = state.questions.length;
      const tip = pending === 0 ? statusLine(state) : `${statusLine(state)}\n${waitingLine(pending)}`;
      // A menu that is set anew closes under the pointer: only when it says something else.
      const key = JSON.stringify([
        condition,
        tip,
        options,
        state.questions.map(({ id }) => id),
        state.core,
        state.status?.mode,
      ]);
      if (key === drawn) return;
      drawn = key;
      tray.setImage(picture(condition));
      tray.setToolTip(tip.startsWith('Scrim') ? tip : `Scrim: ${tip}`);
      if (style.showsCount) tray.setTitle(pending === 0 ? '' : String(pending));
      tray.setContextMenu(Menu.buildFromTemplate(trayMenu(state, options, act)));
    },
    close: () => tray.destroy(),
  };
}
