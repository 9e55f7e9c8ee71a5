// The guide, from an empty data folder to a masked demonstration and its held call, by mouse and by keyboard alone.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { axeViolations } from '../support/axe.ts';
import { ownHome, type OwnHome } from '../support/own-home.ts';
import { startCore, type ScrimCore } from '../support/scrim.ts';
import { openBrowser, openWindow } from '../support/window.ts';

// A client whose program nobody runs on a machine that tests Scrim.
const settings = 'model: gpt-5\n';

let home: OwnHome;
let scrim: ScrimCore;
let browser: Browser;

beforeEach(async () => {
  home = ownHome(['aider']);
  home.write('.aider.conf.yml', settings);
  [scrim, browser] = await Promise.all([startCore({ env: home.env }), openBrowser()]);
});

afterEach(async () => {
  await browser.close();
  await scrim.stop();
  home[Symbol.dispose]();
});

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });
const panes = (page: Page) => ({
  sent: page.getByRole('region', { name: 'What the model sent' }),
  got: page.getByRole('region', { name: 'What the client got' }),
});

/** The secrets that are marked as such in what the model sent. */
async function secretsShown(page: Page): Promise<string[]> {
  const text = (await panes(page).sent.locator('mark').allInnerTexts()).join('');
  const [, cloud = '', password = ''] = /^(.{20})(.{18})$/.exec(text) ?? [];
  expect([cloud, password]).not.toContain('');
  return [cloud, password];
}

test('by mouse: it opens by itself, sets a client up, and shows a masked stream and a held call', async () => {
  const startedAt = performance.now();
  await using window = await openWindow(browser, scrim.link(''));
  const { page, problems } = window;
  await heading(page, 'Scrim has made its certificate').waitFor();
  await page.getByText('certificates/ca.pem').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Continue' }).click();

  await heading(page, 'Which clients should go through Scrim?').waitFor();
  const aider = page.getByRole('checkbox', { name: /Aider/ });
  expect(await aider.isChecked()).toBe(true);
  await page.getByText('What changes').click();
  const lines = await page.getByRole('region', { name: /Changes in .*aider\.conf\.yml/ }).innerText();
  expect(lines).toContain('HTTPS_PROXY');
  expect(await axeViolations(page)).toEqual([]);
  expect(readFileSync(join(home.home, '.aider.conf.yml'), 'utf8')).toBe(settings);
  await page.getByRole('button', { name: 'Set up 1 client' }).click();
  await page.getByText('Goes through Scrim').waitFor();
  // The button has gone: the focus is in its place. The notice lies beside the button that comes next.
  await page.locator('p:focus', { hasText: 'All of them go through Scrim.' }).waitFor();
  const notice = await page.getByText('1 client set up').boundingBox();
  const next = await page.getByRole('button', { name: 'Continue' }).boundingBox();
  expect(notice!.y + notice!.height).toBeLessThan(next!.y);
  expect(readFileSync(join(home.home, '.aider.conf.yml'), 'utf8')).toContain('HTTPS_PROXY');
  await page.getByRole('button', { name: 'Continue' }).click();

  await heading(page, 'Shall Scrim keep a key for you?').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Continue' }).click();

  await page.getByRole('button', { name: 'Run the demonstration' }).click();
  const { sent, got } = panes(page);
  const held = page.getByRole('alertdialog', { name: 'Scrim holds this call and asks you' });
  await held.waitFor();
  const secrets = await secretsShown(page);
  const arrived = await got.innerText();
  expect(arrived).toMatch(/MASKED_AWS_[0-9a-f]{8}.*MASKED_PASSWORD_[0-9a-f]{8}/s);
  for (const secret of secrets) {
    expect(await sent.innerText()).toContain(secret);
    expect(arrived).not.toContain(secret.slice(4, 14));
    expect(await scrim.filesWith(secret)).toEqual([]);
  }
  expect(arrived).not.toContain('git push');
  expect(await axeViolations(page)).toEqual([]);
  await held.getByRole('button', { name: 'Deny' }).click();
  await page.getByText('Not a piece of either secret reached the client.').waitFor();
  expect(await got.innerText()).toMatch(/\[Scrim\] The call of Bash was not passed on/);
  const seconds = (performance.now() - startedAt) / 1_000;
  expect(await axeViolations(page)).toEqual([]);
  console.info(`Guide by mouse, from an empty data folder to the denied call: ${seconds.toFixed(1)} s`);
  expect(seconds).toBeLessThan(60);

  await page.getByRole('button', { name: 'Start using Scrim' }).click();
  await page.getByRole('link', { name: 'Live' }).and(page.locator('[aria-current=page]')).waitFor();
  expect(problems).toEqual([]);

  await using again = await openWindow(browser, scrim.link(''));
  await again.page.getByRole('link', { name: 'Live' }).and(again.page.locator('[aria-current=page]')).waitFor();
  // The answer that it would open by has come by then: the screen behind it has its data.
  expect(new URL(again.page.url()).hash).not.toContain('guide');
});

test('by keyboard alone, and a call that is allowed', async () => {
  const startedAt = performance.now();
  await using window = await openWindow(browser, scrim.link(''));
  const { page, problems } = window;
  await heading(page, 'Scrim has made its certificate').waitFor();
  /** Tab until the control of that name has the focus. */
  const tabTo = async (name: RegExp): Promise<void> => {
    for (let steps = 0; steps < 60; steps++) {
      const focused = await page.evaluate(() => {
        const element = document.activeElement;
        return element?.getAttribute('aria-label') ?? (element instanceof HTMLElement ? element.innerText : '');
      });
      if (name.test(focused)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`The focus never reached ${String(name)}.`);
  };
  for (const next of [/^Continue$/, /^(Continue|Not now)$/, /^Continue$/]) {
    await page.getByRole('button', { name: next }).waitFor();
    await tabTo(next);
    await page.keyboard.press('Enter');
  }
  await heading(page, 'See it work').waitFor();
  await tabTo(/^Run the demonstration$/);
  await page.keyboard.press('Enter');
  const held = page.getByRole('alertdialog');
  await held.waitFor();
  // No is what an absent-minded Enter would give.
  expect(await page.evaluate(() => (document.activeElement as HTMLElement).innerText)).toBe('Deny');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('You allowed the call').waitFor();
  await page.locator('[role=status]:focus', { hasText: 'You allowed the call' }).waitFor();
  expect(await panes(page).got.innerText()).toContain('git push --force origin main');
  console.info(`Guide by keyboard: ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  expect(problems).toEqual([]);
});

test('a reload in the middle goes on where it was, the held call too', async () => {
  await using window = await openWindow(browser, scrim.link(''));
  const { page } = window;
  await page.getByRole('button', { name: 'Continue' }).click();
  await heading(page, 'Which clients should go through Scrim?').waitFor();
  await page.getByRole('button', { name: 'Demonstration' }).click();
  await page.getByRole('button', { name: 'Run the demonstration' }).click();
  await page.getByRole('alertdialog').waitFor();
  const before = await panes(page).got.innerText();

  await page.reload();
  await heading(page, 'See it work').waitFor();
  await page.getByRole('alertdialog').waitFor();
  expect(await panes(page).got.innerText()).toBe(before);
  await page.getByRole('button', { name: 'Deny' }).click();
  await page.getByText('Not a piece of either secret').waitFor();

  await using other = await openWindow(browser, scrim.link(''));
  await heading(other.page, 'See it work').waitFor();
  await other.page.getByRole('button', { name: 'Close the guide' }).click();
  await other.page.getByRole('link', { name: 'Live' }).and(other.page.locator('[aria-current=page]')).waitFor();
  expect(JSON.parse(readFileSync(join(scrim.dataDir, 'guide.json'), 'utf8'))).toMatchObject({ isDone: true });
});

test('the demonstration opens no way: no provider stays, and a guessed address leads nowhere', async () => {
  await using window = await openWindow(browser, scrim.link('guide'));
  const { page } = window;
  await page.getByRole('button', { name: 'Demonstration' }).click();
  await page.getByRole('button', { name: 'Run the demonstration' }).click();
  await page.getByRole('alertdialog').waitFor();
  const guess = await fetch(`${scrim.gateway}/${'0'.repeat(32)}/v1/messages`, { method: 'POST', body: '{}' });
  expect(guess.status).toBe(404);
  expect(await guess.text()).not.toContain('message_start');
  expect(existsSync(scrim.policyFile) ? readFileSync(scrim.policyFile, 'utf8') : '').toBe('version: 1\n');
  // Its own client is this process, and the person's browser below it may still answer.
  await page.getByRole('button', { name: 'Deny' }).click();
  await page.getByText('Not a piece of either secret').waitFor();
});
