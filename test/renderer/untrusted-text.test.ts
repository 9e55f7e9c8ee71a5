// What a model says is text, whatever it looks like: nothing of it acts, hides or reorders what stands beside it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { startScene, type Scene } from '../support/scene.ts';
import { openBrowser, openWindow } from '../support/window.ts';

const [toLeft, zeroWidth, escape, tag] = [0x202e, 0x200b, 0x1b, 0xe0041].map((code) => String.fromCodePoint(code));
const said = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script> [go](javascript:alert(1)) left${toLeft}right null${zeroWidth}width ${escape}[31mred tag${tag}ged 👩‍💻 ⚠️`;
const shown = 'left<U+202E>right null<U+200B>width <U+001B>[31mred tag<U+E0041>ged 👩‍💻 ⚠️';

let scene: Scene;
let browser: Browser;

beforeAll(async () => {
  [scene, browser] = await Promise.all([startScene(), openBrowser()]);
  await scene.ask(`Say: ${said}`);
});

afterAll(async () => {
  await browser.close();
  await scene.close();
});

test.each(['sessions', 'live'])('%s', async (screen) => {
  const [exchange] = await scene.scrim.log();
  const { id = '', session = '' } = exchange ?? {};
  await using window = await openWindow(browser, scene.link(`${screen}/${screen === 'live' ? id : session}`));
  const { page, problems } = window;
  await page.getByText(shown).first().waitFor();
  for (const trick of [toLeft, zeroWidth, escape, tag])
    expect(await page.locator('body').innerText()).not.toContain(trick);
  expect(await page.title()).not.toBe('taken');
  expect(problems).toEqual([]);
});
