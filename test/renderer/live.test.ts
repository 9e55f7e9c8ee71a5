import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { axeViolations } from '../support/axe.ts';
import { startScene, type Scene } from '../support/scene.ts';
import { openBrowser, openWindow } from '../support/window.ts';

let scene: Scene;
let browser: Browser;

beforeAll(async () => {
  // Slow enough to be seen while it streams.
  [scene, browser] = await Promise.all([startScene({ pause: 40, policy: 'approval: { timeout: 3s }' }), openBrowser()]);
}, 60_000);

afterAll(async () => {
  await browser.close();
  await scene.close();
});

const rows = (page: Page) => page.getByRole('table', { name: 'Exchanges' }).locator('[aria-rowindex]:not(.head)');
const pane = (page: Page) => page.getByRole('complementary', { name: 'The open exchange' });

test('before anything ran, the screen says how to begin', async () => {
  await using window = await openWindow(browser, scene.link('live'));
  await window.page.getByText('Nothing has gone through Scrim since it started').waitFor();
  expect(await window.page.getByRole('link', { name: 'Set up clients' }).getAttribute('href')).toBe('#/clients');
  expect(window.problems).toEqual([]);
});

test('an exchange is there while it runs, with its client, model and masks', async () => {
  await using window = await openWindow(browser, scene.link('live'));
  const { page } = window;
  const answer = scene.ask('Key: which one?');
  const row = rows(page).first();
  await row.getByText('Running').waitFor();
  await answer;
  await row.getByText('Done').waitFor();
  const text = await row.innerText();
  expect(text).toContain('opencode');
  expect(text).toContain('gpt-5.2');
  expect(await row.locator('.masks').innerText()).toBe('1');
  expect(await page.content()).not.toContain(scene.secret);
  expect(window.problems).toEqual([]);
});

test('the open exchange shows its masked text as it streams, and what was found', async () => {
  await using window = await openWindow(browser, scene.link('live'));
  const { page } = window;
  const words = Array.from({ length: 60 }, (_, i) => `w${i}`).join(' ');
  const answer = scene.ask(`Say: ${words}`);
  await rows(page).first().getByText('Running').waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const text = pane(page).locator('.text');
  await text.getByText('w5 ').waitFor();
  expect(await text.innerText()).not.toContain('w59');
  await text.getByText('w59').waitFor();
  expect(await text.innerText()).toBe(words);
  await answer;
  await pane(page).getByText('812 in, 96 out').waitFor();

  // The next one: the exchange with the secret.
  await page.keyboard.press('j');
  await pane(page).locator('mark').filter({ hasText: 'MASKED_' }).waitFor();
  await pane(page).getByText('1 finding').waitFor();
  expect(await page.content()).not.toContain(scene.secret);
  expect(await axeViolations(page)).toEqual([]);

  await page.keyboard.press('Escape');
  await pane(page).waitFor({ state: 'detached' });
  expect(window.problems).toEqual([]);
});

test('what waits for the person says so, and leads to its question', async () => {
  await using window = await openWindow(browser, scene.link('live'));
  const { page } = window;
  const answer = scene.ask('Run: rm -rf /srv/precious');
  const { id } = await scene.scrim.nextEvent('question');
  const link = rows(page).first().getByRole('link', { name: 'Waits for you' });
  expect(await link.getAttribute('href')).toBe(`#/approvals/${id}`);
  // Nobody answers: that is a denial.
  await answer;
  await rows(page).first().getByText('Done').waitFor();
  await rows(page).first().getByTitle('1 denied').waitFor();
  expect(window.problems).toEqual([]);
});

test('a failure says why', async () => {
  await using window = await openWindow(browser, scene.link('live'));
  const { page } = window;
  await fetch(`${scene.scrim.gateway}/local/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-playback-fault': 'reset' },
    body: JSON.stringify({ model: 'broken', stream: true, messages: [{ role: 'user', content: 'Say: this is lost' }] }),
  })
    .then((response) => response.text())
    .catch(() => undefined);
  const row = rows(page).filter({ hasText: 'Failed' }).first();
  await row.getByRole('button').click();
  await pane(page).locator('.reason').waitFor();
  expect((await pane(page).locator('.reason').innerText()).length).toBeGreaterThan(10);
});

test('a paused list stands still, counts what comes, and shows it when it goes on', async () => {
  await using window = await openWindow(browser, scene.link('live'));
  const { page } = window;
  await rows(page).first().waitFor();
  const before = await rows(page).count();
  await page.keyboard.press('p');
  await scene.ask('Say: one');
  await scene.ask('Say: two');
  await page.getByRole('button', { name: 'Go on: 2 new exchanges' }).waitFor();
  expect(await rows(page).count()).toBe(before);
  await page.getByRole('button', { name: 'Go on: 2 new exchanges' }).click();
  await expect.poll(() => rows(page).count()).toBe(before + 2);
});

test('filters: by word, state, client and model', async () => {
  await using window = await openWindow(browser, scene.link('live'));
  const { page } = window;
  await rows(page).first().waitFor();
  const all = await rows(page).count();
  await page.getByRole('button', { name: /^Masked/ }).click();
  await expect.poll(() => rows(page).count()).toBe(1);
  await page.getByRole('button', { name: /^Masked/ }).click();
  await page.keyboard.press('/');
  await page.keyboard.type('no such word');
  await page.getByText('No exchange fits the filter').waitFor();
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect.poll(() => rows(page).count()).toBe(all);
  await page.getByRole('combobox', { name: 'Model' }).selectOption('gpt-5.2');
  expect(await rows(page).count()).toBeLessThanOrEqual(all);
  expect(await rows(page).filter({ hasNotText: 'gpt-5.2' }).count()).toBe(0);
});

test('an exchange that is gone is said to be gone', async () => {
  await using window = await openWindow(browser, scene.link('live'));
  await window.goTo('live/x-nothing');
  await pane(window.page).getByText('This exchange is no longer in the log').waitFor();
});

test('what Scrim says of itself has a place of its own', async () => {
  await using window = await openWindow(browser, scene.link('live'));
  const { page } = window;
  await page.getByRole('link', { name: /^Messages/ }).click();
  await page.getByText('Scrim started').waitFor();
  expect(await axeViolations(page)).toEqual([]);
});
