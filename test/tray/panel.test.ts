// Xfce's panel on a real X display: the icon is seen, its menu opened and pressed by a real mouse.

import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { iconColors } from '../../src/tray/icon.ts';
import { openTray, type Tray } from '../../src/tray/tray.ts';
import type { TrayCondition, TrayState } from '../../src/tray/tray-state.ts';
import { startBus, type TestBus } from '../support/desktop-bus.ts';
import { startDisplay, type TestDisplay } from '../support/desktop-display.ts';
import { missingPanel, startPanelSettings, type PanelSettings } from '../support/desktop-panel.ts';
import { missingProgram } from '../support/programs.ts';

const missing = missingPanel ?? missingProgram('dbus-daemon', '--version') ?? missingProgram('gdbus', 'help');
const quiet: TrayState = { state: 'on', pending: 0, newest: [], pausedUntil: null };
const asking: TrayState = {
  state: 'asking',
  pending: 3,
  newest: [
    { id: 'q-3', label: 'git_push, for claude' },
    { id: 'q-2', label: 'Bash, for codex' },
  ],
  pausedUntil: null,
};
/** The right end of the panel, where the only icon is. */
const place = { x: 988, y: 0, size: 32 };
const middle = [1007, 16] as const;
const seen = { timeout: 15_000, interval: 50 };

describe.skipIf(missing !== undefined)('the tray in a panel', () => {
  let bus: TestBus;
  let display: TestDisplay;
  let desktop: PanelSettings;
  let tray: Tray;
  const done: string[] = [];

  beforeEach(async () => {
    done.length = 0;
    [bus, display] = await Promise.all([startBus(), startDisplay()]);
    tray = await openTray(quiet, {
      busAddress: bus.address,
      clock: { now: () => Date.now() },
      actions: {
        open: (screen) => done.push(`open ${screen}`),
        resume: () => done.push('resume'),
        stop: () => done.push('stop'),
      },
      mayUse: async () => Promise.resolve(true),
    });
  });
  afterEach(async () => {
    await desktop.stop();
    await tray.close();
    await Promise.all([bus.stop(), display.stop()]);
  });

  /** Resolves when the icon of that state is on the screen. */
  async function sees(state: TrayCondition, least = 60): Promise<void> {
    await vi.waitFor(async () => {
      const pixels = await display.pixels(place.x, place.y, place.size, place.size);
      expect(countOf(pixels, iconColors[state])).toBeGreaterThan(least);
    }, seen);
  }
  async function shoot(name: string): Promise<void> {
    const folder = process.env['SCRIM_SCREENSHOTS'];
    if (folder !== undefined) await display.shoot(join(folder, `${name}.png`));
  }
  /** The lower edge of the open menu, once it is drawn. */
  async function openMenu(): Promise<number> {
    await display.press(...middle, 3);
    return vi.waitFor(async () => {
      const [one, other] = [await menuEnd(), await menuEnd()];
      expect(one).toBeGreaterThan(100);
      expect(one).toBe(other);
      return one;
    }, seen);
  }
  /** Of what is below the panel; nothing else is there. */
  async function menuEnd(): Promise<number> {
    const column = await display.pixels(1000, 34, 1, 600);
    return 34 + column.findIndex((_, index) => index % 3 === 0 && column.readUIntBE(index, 3) === 0) / 3;
  }

  test.each([
    ['dark', true],
    ['light', false],
  ])('its icon is seen in every state, on a %s panel', async (name, isDark) => {
    desktop = await startPanelSettings(bus, display, isDark);
    await desktop.start();
    for (const state of ['on', 'observing', 'off', 'failed'] as const) {
      tray.show({ ...quiet, state });
      await sees(state);
      await shoot(`tray-${name}-${state}`);
    }
    for (const pending of [1, 3, 12]) {
      tray.show({ ...quiet, state: 'asking', pending });
      await sees('asking');
      const pixels = await display.pixels(place.x, place.y, place.size, place.size);
      // The red and the white of the number.
      expect(countOf(pixels, [201, 32, 40])).toBeGreaterThan(20);
      await shoot(`tray-${name}-asking-${pending}`);
    }
  });

  test('a click on it opens the window', async () => {
    desktop = await startPanelSettings(bus, display);
    await desktop.start();
    tray.show(asking);
    await sees('asking');
    await display.press(...middle, 1);
    await vi.waitFor(() => expect(done).toEqual(['open approvals']), seen);
  });

  test('an entry of its menu is clicked', async () => {
    desktop = await startPanelSettings(bus, display);
    await desktop.start();
    tray.show(asking);
    await sees('asking');
    const end = await openMenu();
    await shoot('tray-menu');
    // The middle of the last entry but one.
    await display.press(900, end - 38, 1);
    await vi.waitFor(() => expect(done).toEqual(['open home']), seen);
  });

  test('a pause is chosen in its submenu: a page opens, and nothing is paused', async () => {
    desktop = await startPanelSettings(bus, display);
    await desktop.start();
    await sees('on');
    await openMenu();
    // The first that can be chosen, into its submenu, and on to the second there.
    await display.type('Down', 'Right', 'Down');
    await shoot('tray-pause');
    await display.type('Return');
    await vi.waitFor(() => expect(done).toEqual(['open pause/15']), seen);
  });

  test('the panel is killed and comes back: so does the icon', async () => {
    desktop = await startPanelSettings(bus, display);
    const panel = await desktop.start();
    await sees('on');
    await panel.stop();
    await vi.waitFor(async () => {
      const pixels = await display.pixels(place.x, place.y, place.size, place.size);
      expect(countOf(pixels, iconColors.on)).toBe(0);
    }, seen);
    tray.show({ ...quiet, state: 'failed' });
    await desktop.start();
    await sees('failed');
  });
});

function countOf(pixels: Buffer, [red, green, blue]: readonly [number, number, number]): number {
  let count = 0;
  for (let at = 0; at + 2 < pixels.length; at += 3) {
    const apart = [red, green, blue].map((part, index) => Math.abs(part - (pixels[at + index] ?? 0)));
    if (apart.every((each) => each < 24)) count++;
  }
  return count;
}
