// The Settings screen: the theme, addresses, renewing the certificate, a report without secrets and names, and stopping.

import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { axeViolations } from '../support/axe.ts';
import { ownHome, type OwnHome } from '../support/own-home.ts';
import { startCore, type ScrimCore } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';
import { openBrowser, openWindow } from '../support/window.ts';

const exposed = makeSecret('anthropic', 'diagnostics');

let home: OwnHome;
let scrim: ScrimCore;
let browser: Browser;

beforeAll(async () => {
  home = ownHome();
  home.write('.profile', `export ANTHROPIC_API_KEY=${exposed}\n`);
  [scrim, browser] = await Promise.all([startCore({ env: home.env }), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await scrim.stop();
  home[Symbol.dispose]();
});

test('the theme is chosen and stays', async () => {
  await using window = await openWindow(browser, scrim.link('settings'));
  const { page, problems } = window;
  const shade = () => page.evaluate(() => document.documentElement.dataset['theme']);
  expect(await shade()).toBe('light');
  await page.getByText('Dark', { exact: true }).click();
  await expect.poll(shade).toBe('dark');
  expect(await axeViolations(page)).toEqual([]);
  await page.reload();
  await page.getByRole('radio', { name: 'Dark' }).waitFor();
  expect(await page.getByRole('radio', { name: 'Dark' }).isChecked()).toBe(true);
  await page.getByText('Light', { exact: true }).click();
  expect(await axeViolations(page)).toEqual([]);
  expect(problems).toEqual([]);
});

test('a pause that the tray asked for is confirmed here, and can be ended', async () => {
  await using window = await openWindow(browser, scrim.link('settings/pause/15'));
  const { page, problems } = window;
  await page.getByRole('dialog', { name: 'Only observe for 15 minutes?' }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByText('Protecting').waitFor();
  expect(page.url()).toMatch(/#\/settings$/);
  await window.goTo('settings/pause/15');
  await page.getByRole('button', { name: 'Only observe', exact: true }).click();
  await page.getByText('Observing only').waitFor();
  await page.getByRole('button', { name: 'Go on protecting' }).press('Enter');
  await page.getByText('Protecting').waitFor();
  // The button has given way to others: the focus is on one of them.
  await page.locator('button:focus[aria-label^="Pause for"]').waitFor();
  await window.goTo('settings/pause/1000');
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(problems).toEqual([]);
});

test('addresses are copied as they are', async () => {
  await using window = await openWindow(browser, scrim.link('settings'));
  const { page, problems } = window;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: 'Copy proxy', exact: true }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(scrim.proxy);
  expect(await page.getByRole('switch', { name: 'Start at login' }).isDisabled()).toBe(true);
  await page.getByText('The desktop app offers this').waitFor();
  expect(problems).toEqual([]);
});

test('a report holds how Scrim runs, and no key, name or folder of the person', async () => {
  await using window = await openWindow(browser, scrim.link('settings'));
  const { page, problems } = window;
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a file' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^scrim-diagnostics-\d{4}-\d\d-\d\d\.json$/);
  const text = readFileSync(await file.path(), 'utf8');
  const report = JSON.parse(text) as { doctor: { check: string; why: string }[]; state: string };
  expect(report.state).toBe('on');
  expect(report.doctor.find(({ check }) => check === 'exposed key anthropic')?.why).toContain('~/.profile');
  for (const never of [exposed, exposed.slice(12, 40), home.home, hostname()]) expect(text).not.toContain(never);
  if (userInfo().username.length > 2) expect(text).not.toContain(userInfo().username);
  expect(problems).toEqual([]);
});

test('the certificate is renewed: a successor is published beside it', async () => {
  await using window = await openWindow(browser, scrim.link('settings/certificate'));
  const { page, problems } = window;
  const before = readFileSync(scrim.ca, 'utf8');
  await page.getByRole('button', { name: 'Renew…' }).click();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Renew in seven days' }).click();
  await page.getByText(/^Takes over on/).waitFor();
  const after = readFileSync(scrim.ca, 'utf8');
  expect(after).toContain(before.trim());
  expect(after.split('BEGIN CERTIFICATE').length).toBeGreaterThan(before.split('BEGIN CERTIFICATE').length);
  expect(problems).toEqual([]);
});

test('Scrim is stopped from here, after a second question', async () => {
  const other = await startCore({ env: home.env });
  await using window = await openWindow(browser, other.link('settings'));
  const { page } = window;
  await page.getByRole('button', { name: 'Stop…' }).click();
  await page.getByRole('button', { name: 'Stop Scrim' }).click();
  await page.getByText('Not reached').waitFor();
  await other.stop();
});
