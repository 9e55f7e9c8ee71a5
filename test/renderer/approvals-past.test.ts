// What was answered and what is remembered of it, in a real browser with a real core.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { axeViolations } from '../support/axe.ts';
import { startScene, type Scene } from '../support/scene.ts';
import { missingBrowser, openBrowser, openWindow, type OpenWindow } from '../support/window.ts';

describe.skipIf(missingBrowser !== undefined)('the past', () => {
  let scene: Scene;
  let browser: Browser;
  let window: OpenWindow;
  let page: Page;

  beforeAll(async () => {
    [scene, browser] = await Promise.all([startScene(), openBrowser()]);
  });

  afterAll(async () => {
    await browser.close();
    await scene.close();
  });

  beforeEach(async () => {
    window = await openWindow(browser, scene.link('approvals'));
    page = window.page;
  });

  afterEach(async () => {
    expect(window.problems).toEqual([]);
    await window.close();
  });

  const entries = () => page.locator('[data-entry]');

  test('nothing yet: each place says what comes there', async () => {
    await page.getByText('Nothing waits for you').waitFor();
    expect(await axeViolations(page)).toEqual([]);
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText('Nothing was asked yet').waitFor();
    await page.getByRole('link', { name: 'Remembered' }).click();
    await page.getByText('No answer is remembered').waitFor();
    expect(await axeViolations(page)).toEqual([]);
  });

  test('who answered, how and why; and what is searched for is found', async () => {
    for (const [name, reason] of [
      ['apples', 'never fruit'],
      ['pears', 'later'],
    ] as const) {
      const answer = scene.ask(`Run: rm -rf /srv/${name}`);
      const { id } = await scene.scrim.nextEvent('question');
      await page.locator(`[data-id="${id}"]`).click();
      await page.locator('[data-allow]').waitFor();
      await page.locator('[data-reason]').fill(reason);
      await page.getByRole('button', { name: 'Deny once' }).click();
      await answer;
    }
    await window.goTo('approvals/history');
    await expect.poll(() => entries().count()).toBe(2);
    expect(await entries().first().innerText()).toContain('rm -rf /srv/pears');
    await page.keyboard.press('/');
    await page.keyboard.type('fruit');
    await expect.poll(() => entries().count()).toBe(1);
    await entries().getByRole('button').first().click();
    await entries().getByText('never fruit').waitFor();
    await entries().getByText('delete-outside').waitFor();
    expect(await entries().innerText()).toMatch(/Denied[^]*in the window/);
    expect(await axeViolations(page)).toEqual([]);
    await page.getByLabel('Search the history').fill('nobody wrote this');
    await page.getByText('No question holds all of these words').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.poll(() => entries().count()).toBe(2);
  });

  test('an answer for the session holds, is listed, and is taken back', async () => {
    const first = scene.ask('Run: rm -rf /srv/kept');
    const { program } = await scene.scrim.nextEvent('question');
    await page.locator('[data-allow]').waitFor();
    await page.getByLabel('This session').check();
    await page.locator('[data-allow][data-ready="true"]').click();
    expect((await first).call).toContain('/srv/kept');
    // Nobody is asked: it would wait for two minutes.
    expect((await scene.ask('Run: rm -rf /srv/kept')).call).toContain('/srv/kept');
    await page.getByRole('link', { name: 'Remembered' }).click();
    const grant = page.locator('[data-grant]');
    await grant.locator('.cm-line', { hasText: 'rm -rf /srv/kept' }).waitFor();
    expect(await grant.innerText()).toMatch(/Allowed for this session[^]*ends in 2[34] h/);
    expect(await grant.innerText()).toContain(`bash in ${program}`);
    expect(await axeViolations(page)).toEqual([]);
    await grant.getByRole('button', { name: /^Take back/ }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click();
    await page.getByText('the next time, Scrim asks').waitFor();
    await page.getByText('No answer is remembered').waitFor();
    const again = scene.ask('Run: rm -rf /srv/kept');
    await page.getByRole('link', { name: /^Waiting/ }).click();
    await page.locator('[data-allow]').waitFor();
    await page.keyboard.press('d');
    expect((await again).call).toBe('');
  });

  test('minutes of the person’s own choice', async () => {
    const first = scene.ask('Run: rm -rf /srv/minutes');
    await page.locator('[data-allow]').waitFor();
    await page.getByRole('combobox', { name: 'Minutes' }).selectOption('custom');
    await page.getByRole('spinbutton', { name: 'Minutes' }).fill('7');
    await page.locator('[data-allow][data-ready="true"]', { hasText: 'Allow for 7 minutes' }).click();
    expect((await first).call).toContain('minutes');
    await page.getByRole('link', { name: 'Remembered' }).click();
    await page.getByText(/ends in\s+[67]:\d\d/).waitFor();
  });
});
