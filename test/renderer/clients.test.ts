// The Clients screen: what is shown is what is changed, and is taken back byte for byte; a problem is put right by a click.

import { chmodSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { axeViolations } from '../support/axe.ts';
import { freeAddress, ownHome, type OwnHome } from '../support/own-home.ts';
import { startCore, type ScrimCore } from '../support/scrim.ts';
import { openBrowser, openWindow } from '../support/window.ts';

// Clients whose programs nobody runs on a machine that tests Scrim: one that runs would have to be started again.
const aiderSettings = '# mine\nmodel: gpt-5\nset-env:\n  - A=1 # first\n';
const continueSettings = 'name:   me\nmodels:\n    - name: x\n';
const shellProfile = 'alias x=y\n# no newline at the end';

let home: OwnHome;
let scrim: ScrimCore;
let browser: Browser;

beforeAll(async () => {
  home = ownHome(['aider', 'cline', 'cn']);
  [scrim, browser] = await Promise.all([
    startCore({ env: home.env, own: { listen: await freeAddress(), ui: await freeAddress() } }),
    openBrowser(),
  ]);
});

beforeEach(() => {
  rmSync(join(scrim.dataDir, 'setup'), { recursive: true, force: true });
  home.write('.aider.conf.yml', aiderSettings);
  home.write('.bashrc', shellProfile);
  home.write('.continue/config.yaml', continueSettings);
});

afterAll(async () => {
  await browser.close();
  await scrim.stop();
  home[Symbol.dispose]();
});

const read = (name: string) => readFileSync(join(home.home, name), 'utf8');

test('the lines that are shown are the change, and undo leaves the file byte for byte as it was', async () => {
  await using window = await openWindow(browser, scrim.link('clients'));
  const { page, problems } = window;
  const line = page.getByRole('group', { name: 'Aider' });
  await line.getByText('Goes around Scrim').waitFor();
  await line.getByText('scrim run -- aider').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await line.getByRole('button', { name: 'Set up Aider' }).click();
  const shown = page.getByRole('region', { name: /Changes in .*aider\.conf\.yml/ });
  await shown.waitFor();
  const lines = (await shown.locator('div').allInnerTexts()).map((text) => text.replace(/\n$/, ''));
  expect(read('.aider.conf.yml')).toBe(aiderSettings);
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Set it up' }).click();
  await line.getByText('Goes through Scrim').waitFor();

  const before = aiderSettings.split('\n');
  const after = read('.aider.conf.yml').split('\n');
  const gone = lines.filter((each) => each.startsWith('-')).map((each) => each.slice(1));
  const added = lines.filter((each) => each.startsWith('+')).map((each) => each.slice(1));
  expect(added.join('\n')).toContain(scrim.proxy);
  // Taking the shown lines out of one and putting them into the other makes them the same.
  expect(before.filter((each) => !gone.includes(each))).toEqual(after.filter((each) => !added.includes(each)));
  expect(after.filter((each) => added.includes(each))).toEqual(added);

  await line.getByRole('button', { name: 'Undo the set-up of Aider' }).click();
  await page.getByRole('button', { name: 'Take it back' }).click();
  await line.getByText('Goes around Scrim').waitFor();
  expect(read('.aider.conf.yml')).toBe(aiderSettings);
  expect(problems).toEqual([]);
});

test('a file that changes after the look is not touched: the person looks again', async () => {
  await using window = await openWindow(browser, scrim.link('clients'));
  const { page } = window;
  await page.getByRole('button', { name: 'Set up Aider' }).click();
  await page.getByRole('region', { name: /Changes in/ }).waitFor();
  const changed = `# another line\n${aiderSettings}`;
  home.write('.aider.conf.yml', changed);
  await page.getByRole('button', { name: 'Set it up' }).click();
  await page.getByText('Look at the changes again').waitFor();
  expect(read('.aider.conf.yml')).toBe(changed);
  await page.keyboard.press('Escape');
  home.write('.aider.conf.yml', aiderSettings);
});

test('all at once and all back', async () => {
  await using window = await openWindow(browser, scrim.link('clients'));
  const { page, problems } = window;
  await page.getByRole('button', { name: 'Set up all (3)' }).click();
  await page.getByRole('button', { name: 'Set up 3 clients' }).click();
  await page.getByText('3 clients of 3 through Scrim.').waitFor();
  expect(read('.bashrc')).toContain('cline()');
  await page.getByRole('button', { name: 'Undo all' }).click();
  await page.getByRole('button', { name: 'Take it back' }).click();
  await page.getByText('0 clients of 3 through Scrim.').waitFor();
  expect(read('.bashrc')).toBe(shellProfile);
  expect(read('.continue/config.yaml')).toBe(continueSettings);
  expect(read('.aider.conf.yml')).toBe(aiderSettings);
  expect(problems).toEqual([]);
});

test('the doctor shows what is wrong, and a click puts it right', async () => {
  chmodSync(scrim.dataDir, 0o755);
  await using window = await openWindow(browser, scrim.link('clients/doctor'));
  const { page, problems } = window;
  const folder = page.getByRole('group', { name: /^data folder/ });
  await page.getByText(/things are wrong/).waitFor({ timeout: 15_000 });
  await folder.getByText('Others on this machine can get at').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await folder.getByRole('button', { name: 'Fix it: data folder' }).click();
  await folder.getByText('is yours alone').waitFor();
  expect(statSync(scrim.dataDir).mode & 0o777).toBe(0o700);

  await page.getByRole('button', { name: 'Fix it: client aider' }).click();
  await page.getByText(/Aider is set up; TLS to .* with its settings works\./).waitFor();
  expect(read('.aider.conf.yml')).toContain(scrim.proxy);
  expect(problems).toEqual([]);
});

test('a store of roots is installed into and taken out of', async () => {
  await using window = await openWindow(browser, scrim.link('clients/certificate'));
  const { page, problems } = window;
  const store = page.getByRole('group', { name: /Chromium/ });
  await store.or(page.getByText('Not here').first()).first().waitFor();
  expect(await axeViolations(page)).toEqual([]);
  // Without certutil there is no store to try it on.
  if (!(await store.isVisible())) return;
  await store.getByRole('button', { name: /^Install/ }).press('Enter');
  await store.getByText('Trusted', { exact: true }).waitFor();
  // The button has gone; the focus stays where the person is.
  await store.locator('button:focus', { hasText: 'Take out' }).waitFor();
  await store.getByRole('button', { name: /^Take out/ }).click();
  await store.getByText('Not trusted').waitFor();
  expect(problems).toEqual([]);
});
