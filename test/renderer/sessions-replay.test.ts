// A replay shows what the client got, at whatever pace, and says where something was masked or held.

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { axeViolations } from '../support/axe.ts';
import { startScene, type ClientAnswer, type Scene } from '../support/scene.ts';
import { openBrowser, openWindow } from '../support/window.ts';

let scene: Scene;
let browser: Browser;
let session: string;
let answers: ClientAnswer[];

beforeAll(async () => {
  // Slow enough that a replay has a middle.
  [scene, browser] = await Promise.all([
    startScene({ pause: 60, policy: 'approval: { timeout: 600ms }' }),
    openBrowser(),
  ]);
  const words = Array.from({ length: 40 }, (_, i) => `w${i}`).join(' ');
  answers = [];
  for (const wish of ['Key: which one?', `Say: ${words}`, 'Run: rm -rf /srv/precious'] as const)
    answers.push(await scene.ask(wish));
  ({ session } = await scene.scrim.nextEvent('exchange'));
}, 60_000);

afterAll(async () => {
  await browser.close();
  await scene.close();
});

async function open(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Play', exact: true }).waitFor();
}

/** What the channels of text show, one after the other. */
async function texts(page: Page): Promise<string[]> {
  return page
    .locator('[data-channel^="text"] .text, [data-channel^="refusal"] .text')
    .evaluateAll((all) => all.map((each) => each.textContent));
}

const clock = (page: Page) => page.getByRole('slider', { name: 'Time' });

test('played to its end it is what the client got', async () => {
  await using window = await openWindow(browser, scene.link(`sessions/${session}/replay`));
  const { page } = window;
  await open(page);
  expect(await texts(page)).toEqual([]);
  await page.getByLabel('Speed').selectOption('16×');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await page.getByText('Done, 200').nth(2).waitFor();
  await open(page);
  // The log has the refusal without the empty line that sets it off.
  const got = answers.map(({ text }) => text.replace('\n\n[Scrim]', '[Scrim]')).join('');
  expect((await texts(page)).join('')).toBe(got);
  expect(await page.content()).not.toContain(scene.secret);
  await page.getByText('Held until somebody answers: bash').waitFor();
  await page
    .getByText(/held .*, denied as nobody answered in time/i)
    .first()
    .waitFor();
  expect(await axeViolations(page)).toEqual([]);
  expect(window.problems).toEqual([]);
});

test('the keys: space plays and stops, comma and dot step, the slider goes anywhere', async () => {
  await using window = await openWindow(browser, scene.link(`sessions/${session}/replay`));
  const { page } = window;
  await open(page);
  await page.keyboard.press('.');
  await page.getByText('Key: which one?').waitFor();
  await page.keyboard.press('.');
  await expect.poll(() => texts(page)).toHaveLength(1);
  const first = (await texts(page)).join('');
  expect(answers[0]?.text.startsWith(first)).toBe(true);
  await page.keyboard.press(',');
  await page.keyboard.press(',');
  expect((await texts(page)).join('').length).toBeLessThan(Math.max(1, first.length));

  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  await page.keyboard.press(' ');
  await open(page);

  await clock(page).press('End');
  await page.getByText('Done, 200').nth(2).waitFor();
  const whole = (await texts(page)).join('');
  await clock(page).press('ArrowLeft');
  await clock(page).press('Home');
  await expect.poll(async () => (await texts(page)).join('').length).toBeLessThan(whole.length / 4);
  await page.getByRole('button', { name: 'All at once' }).click();
  await expect.poll(async () => (await texts(page)).join('')).toBe(whole);
  expect(window.problems).toEqual([]);
});

test('marks lead to what was masked and held', async () => {
  await using window = await openWindow(browser, scene.link(`sessions/${session}/replay`));
  const { page } = window;
  await open(page);
  await page.getByRole('button', { name: 'Next mark' }).click();
  await page.locator('[data-channel] mark').filter({ hasText: 'MASKED_' }).waitFor();
  await page.getByRole('button', { name: 'Next mark' }).click();
  await page.getByText('Held until somebody answers: bash').waitFor();
  expect(await page.getByText(/denied as nobody answered/i).count()).toBe(0);
  await page.getByRole('button', { name: 'Next mark' }).click();
  await page
    .getByText(/held .*, denied as nobody answered in time/i)
    .first()
    .waitFor();
  expect(await page.getByRole('button', { name: /^Go to: Masked: \w*MASKED_/ }).count()).toBe(1);
  expect(window.problems).toEqual([]);
});
