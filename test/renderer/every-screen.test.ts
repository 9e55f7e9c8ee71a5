// What holds for every screen: accessible in light and dark, at both sizes; every control reached with the keyboard.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { axeViolations } from '../support/axe.ts';
import { fillScene } from '../support/scene-day.ts';
import { startScene, type Scene } from '../support/scene.ts';
import { openBrowser, openWindow, settled } from '../support/window.ts';

const screens = ['live', 'approvals', 'sessions', 'overview', 'policy', 'keys', 'clients', 'settings', 'guide'];

const looks = [
  { width: 1280, height: 800, dark: false },
  { width: 900, height: 600, dark: true },
];

let scene: Scene;
let browser: Browser;

beforeAll(async () => {
  [scene, browser] = await Promise.all([startScene(), openBrowser()]);
  const { last } = await fillScene(scene);
  void last.ask('Run: rm -rf /srv/precious');
  await scene.scrim.nextEvent('question');
}, 120_000);

afterAll(async () => {
  await browser.close();
  await scene.close();
});

describe.each(looks)('$width × $height, dark: $dark', (look) => {
  test.each(screens)('%s', async (screen) => {
    await using window = await openWindow(browser, scene.link(screen), look);
    const { page, problems } = window;
    await settled(page);
    expect(await axeViolations(page)).toEqual([]);
    const overflow = await page.evaluate(() => ({
      sideways: document.documentElement.scrollWidth - innerWidth,
      main: (document.querySelector('main')?.scrollWidth ?? 0) - (document.querySelector('main')?.clientWidth ?? 0),
    }));
    expect(overflow).toEqual({ sideways: 0, main: 0 });
    expect(problems).toEqual([]);
  });
});

test.each([
  { width: 720, height: 480 },
  { width: 420, height: 640 },
])('in a small window, $width × $height, every control can be got at', async (size) => {
  await using window = await openWindow(browser, scene.link('live'), size);
  const { page } = window;
  for (const screen of screens) {
    await window.goTo(screen);
    await settled(page);
    const outside = await page.evaluate(() => {
      const scrolls = (element: Element): boolean =>
        getComputedStyle(element).overflowX === 'auto' ||
        (element.parentElement !== null && scrolls(element.parentElement));
      return [...document.querySelectorAll('main :is(a[href], button, input, select)')]
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth)
        .filter((element) => !scrolls(element))
        .map((element) => element.outerHTML.slice(0, 160));
    });
    expect(outside, screen).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), screen).toBe(0);
  }
});

/** Controls that can be used now. One of a group with roving focus (tabs, radio buttons, a menu) stands for all. */
function controls(): string[] {
  const selector =
    'a[href], button, input, select, textarea, summary, [contenteditable="true"], [tabindex]:not([tabindex="-1"])';
  const all = [...document.querySelectorAll<HTMLElement>(selector)].filter(
    (element) =>
      element.tabIndex >= 0 &&
      !(element as HTMLButtonElement).disabled &&
      element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) &&
      element.closest('[inert]') === null &&
      !(element instanceof HTMLInputElement && element.type === 'radio' && !element.checked),
  );
  return all.map((element, index) => (element.dataset['control'] = String(index)));
}

test.each(screens)('%s: Tab reaches every control, and each shows that it is there', async (screen) => {
  await using window = await openWindow(browser, scene.link(screen));
  const { page } = window;
  await settled(page);
  const wanted = new Set(await page.evaluate(controls));
  expect(wanted.size).toBeGreaterThan(5);
  const unseen: string[] = [];
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  for (let presses = 0; presses < 400 && wanted.size > 0; presses++) {
    await page.keyboard.press('Tab');
    const reached = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement | null;
      if (element === null) return undefined;
      // Or the box around a field shows it.
      const isShown = [element, element.parentElement ?? element].some((each) => {
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(each);
        return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
      });
      return { control: element.dataset['control'], isShown, html: element.outerHTML.slice(0, 160) };
    });
    if (reached?.control === undefined) {
      // An editor takes Tab for itself until Escape.
      await page.keyboard.press('Escape');
      continue;
    }
    if (wanted.delete(reached.control) && !reached.isShown) unseen.push(reached.html);
  }
  const missed = await page.evaluate(
    (names) => names.map((name) => document.querySelector(`[data-control="${name}"]`)?.outerHTML.slice(0, 200)),
    [...wanted],
  );
  expect(missed).toEqual([]);
  expect(unseen).toEqual([]);
});
