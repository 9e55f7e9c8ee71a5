// What a person does with what was recorded: look through it, search, read, take it along, delete it.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { axeViolations } from '../support/axe.ts';
import { seedLog } from '../support/log-of-sessions.ts';
import { startScene, type ClientAnswer, type Scene } from '../support/scene.ts';
import { openBrowser, openWindow } from '../support/window.ts';

let scene: Scene;
let browser: Browser;
let session: string;
/** The exchange with the secret. */
let exchange: string;
let key: ClientAnswer;

const markup = '<img src=x onerror="document.title=`taken`"><b>bold</b> </div>{@html 1}';

beforeAll(async () => {
  [scene, browser] = await Promise.all([startScene({ policy: 'approval: { timeout: 300ms }' }), openBrowser()]);
}, 60_000);

afterAll(async () => {
  await browser.close();
  await scene.close();
});

const sessions = (page: Page) => page.getByRole('row').filter({ has: page.getByRole('link') });

test('before anything was recorded, the screen says how to begin', async () => {
  await using window = await openWindow(browser, scene.link('sessions'));
  await window.page.getByRole('heading', { name: 'No sessions yet' }).waitFor();
  expect(await window.page.getByRole('link', { name: 'Set up a client' }).getAttribute('href')).toBe('#/clients');
  expect(window.problems).toEqual([]);
});

test('the list shows what a client did, as it does it, and a key opens it', async () => {
  await using window = await openWindow(browser, scene.link('sessions'));
  const { page } = window;
  key = await scene.ask('Key: which one?');
  ({ session, id: exchange } = await scene.scrim.nextEvent('exchange'));
  await scene.ask('Run: rm -rf /srv/precious');
  await scene.ask(`Say: ${markup}`);
  const row = sessions(page).first();
  await row.getByRole('gridcell', { name: '3', exact: true }).waitFor();
  const cells = row.getByRole('gridcell');
  expect(await cells.nth(1).innerText()).toContain('opencode');
  // The client has its answer a moment before the exchange has ended.
  await expect
    .poll(async () => (await cells.allInnerTexts()).slice(3))
    .toEqual(['gpt-5.2', '3', '2.7k', '1', '1', 'Done']);
  expect(await axeViolations(page)).toEqual([]);

  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Conversation' }).waitFor();
  expect(page.url()).toContain(`#/sessions/${session}`);
  expect(window.problems).toEqual([]);
});

test('a session is read as a conversation: masks and what was held at their places', async () => {
  await using window = await openWindow(browser, scene.link(`sessions/${session}`));
  const { page } = window;
  const first = page.getByRole('article', { name: 'Exchange 1' });
  await first.getByText('Key: which one?').waitFor();
  await first.locator('mark').filter({ hasText: 'MASKED_' }).waitFor();
  await first.getByText('aws-access-key-id').waitFor();
  const second = page.getByRole('article', { name: 'Exchange 2' });
  await second.getByText('rm -rf /srv/precious', { exact: true }).waitFor();
  await second.getByText(/held .*, denied as nobody answered in time/i).waitFor();

  await first.getByRole('button', { name: 'Details' }).click();
  await first.getByText(/^POST http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions$/).waitFor();
  await first.getByRole('button', { name: 'Show the raw request, masked' }).click();
  await first.getByText('"stream"').waitFor();
  expect(await page.content()).not.toContain(scene.secret);
  expect(await axeViolations(page)).toEqual([]);
  expect(window.problems).toEqual([]);
});

test('markup in a text is text', async () => {
  await using window = await openWindow(browser, scene.link(`sessions/${session}`));
  const { page } = window;
  const third = page.getByRole('article', { name: 'Exchange 3' });
  await third.getByRole('group', { name: 'Assistant' }).getByText(markup, { exact: true }).waitFor();
  expect(await page.locator('main img').count()).toBe(0);
  expect(await page.title()).toBe('Sessions · Scrim');
  await window.goTo('sessions/search/onerror');
  await page.getByRole('row').first().waitFor();
  expect(await page.locator('main img').count()).toBe(0);
  expect(window.problems).toEqual([]);
});

test('addresses lead to an exchange, also when it is named alone', async () => {
  await using window = await openWindow(browser, scene.link(`sessions/${exchange}`));
  const { page } = window;
  await page.waitForURL(`**/#/sessions/${session}/${exchange}`);
  await page.locator(`[id="${exchange}"]`).getByText('Key: which one?').waitFor();
  await window.goTo('sessions/s-none');
  await page.getByRole('heading', { name: 'This session is not in the log' }).waitFor();
  expect(window.problems).toEqual([]);
});

test('search: completes, finds, marks; a query that is none is explained below the field', async () => {
  await using window = await openWindow(browser, scene.link('sessions'));
  const { page } = window;
  const field = page.getByRole('combobox', { name: 'Search all that was recorded' });
  await sessions(page).first().waitFor();
  await page.keyboard.press('/');
  await field.pressSequentially('ru');
  await page.getByRole('option', { name: /^rule:/ }).waitFor();
  await field.press('ArrowDown');
  await field.press('Enter');
  await field.pressSequentially('aws');
  await page.getByRole('option', { name: /^aws-access-key-id/ }).waitFor();
  await field.press('ArrowDown');
  await field.press('Enter');
  expect(await field.inputValue()).toBe('rule:aws-access-key-id ');
  await field.pressSequentially('bucket');
  await field.press('Enter');
  await page.getByText('1 exchange found').waitFor();
  const hit = page.getByRole('row').first();
  expect(await hit.locator('mark').innerText()).toBe('bucket');
  expect(decodeURIComponent(new URL(page.url()).hash)).toBe('#/sessions/search/rule:aws-access-key-id bucket');
  expect(await axeViolations(page)).toEqual([]);
  await hit.click();
  await page.waitForURL(`**/#/sessions/${session}/${exchange}`);

  await window.goTo('sessions/search/rul:aws');
  await page.getByRole('alert').filter({ hasText: '"rul" is no field of the log. Did you mean "rule"?' }).waitFor();
  await window.goTo('sessions/search/zebra');
  await page.getByRole('heading', { name: 'Nothing was found' }).waitFor();
  await page.getByRole('button', { name: 'How a search is written' }).click();
  await page.getByText('verdict:denied').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  expect(window.problems).toEqual([]);
});

test('an export downloads, holds every exchange, and no secret', async () => {
  await using window = await openWindow(browser, scene.link(`sessions/${session}`));
  const { page } = window;
  await page.getByRole('button', { name: 'Export' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export this session' });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Export' }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  const ids = text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { record: { id: string } }).record.id);
  expect(ids).toHaveLength(3);
  expect(ids[0]).toBe(exchange);
  expect(text).not.toContain(scene.secret);
  expect(download.suggestedFilename()).toMatch(/^scrim-s-.*\.jsonl$/);
  expect(download.url()).toMatch(/^blob:/);
  expect(window.problems).toEqual([]);
});

test('a value that is no secret is let through from where it was masked', async () => {
  await using window = await openWindow(browser, scene.link(`sessions/${session}`));
  const { page } = window;
  await page.getByRole('button', { name: 'Not a secret: AWS access key ID' }).click();
  await page.getByText('AWS access key ID: this one value is no longer masked').waitFor();
  await expect.poll(() => readFile(scene.scrim.policyFile, 'utf8')).toContain('allow');
  await page.locator('span:focus', { hasText: 'No longer masked' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('AWS access key ID: this value is masked again.').waitFor();
  expect(await readFile(scene.scrim.policyFile, 'utf8')).not.toContain('allow');
  await page.getByRole('button', { name: 'Not a secret: AWS access key ID' }).waitFor();
  expect(window.problems).toEqual([]);
});

test('what if: a stricter policy shows what it would have done', async () => {
  await using window = await openWindow(browser, scene.link(`sessions/${session}/what-if`));
  const { page } = window;
  await page.getByRole('button', { name: 'Deny instead of ask' }).click();
  await page.getByRole('textbox', { name: 'Policy to try' }).getByText('then: deny').first().waitFor();
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByText('1 of 3 exchanges would have come out differently.').waitFor();
  await page.getByText('Call of bash: refused, was asked about').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  // By hand, and wrong: where, and what to write instead.
  const editor = page.getByRole('textbox', { name: 'Policy to try' });
  await editor.press('ControlOrMeta+a');
  await page.keyboard.type('version: 1\nmaskin: {}\n');
  await page.getByRole('button', { name: 'Compare' }).click();
  await page.getByText('Line 2, column 1: Remove or correct "maskin"').waitFor();
  expect(window.problems).toEqual([]);
});

test('the log is called verified after it was verified, and not before', async () => {
  await using window = await openWindow(browser, scene.link('sessions'));
  const { page } = window;
  await page.getByRole('button', { name: 'Not verified' }).click();
  await page.getByRole('button', { name: 'Verify now' }).click();
  await page.getByRole('heading', { name: 'Nothing was changed' }).waitFor();
  await page.getByRole('button', { name: /^Verified/ }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  expect(window.problems).toEqual([]);
});

test('news do not move what is looked at', async () => {
  await seedLog(join(scene.scrim.dataDir, 'sessions'), { exchanges: 200, sessions: 200 });
  await using window = await openWindow(browser, scene.link('sessions'));
  const { page } = window;
  const grid = page.getByRole('grid');
  await sessions(page).nth(3).waitFor();
  await grid.press('End');
  const last = page.getByRole('row', { selected: true });
  await last.getByRole('link').waitFor();
  const before = { top: await grid.evaluate((box) => box.scrollTop), text: await last.innerText() };
  await scene.ask('Say: more');
  await page.getByRole('button', { name: '1 session went on: show' }).waitFor();
  expect(await grid.evaluate((box) => box.scrollTop)).toBe(before.top);
  expect(await last.innerText()).toBe(before.text);
  await page.getByRole('button', { name: '1 session went on: show' }).click();
  await sessions(page).first().getByRole('gridcell', { name: '4', exact: true }).waitFor();
  expect(window.problems).toEqual([]);
});

test('a session is deleted once it was said how much that is, and the list is without it', async () => {
  await using window = await openWindow(browser, scene.link(`sessions/${session}`));
  const { page } = window;
  await page.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete this session' });
  await dialog.getByText('4 exchanges will be deleted, for good.').waitFor();
  await dialog.getByRole('button', { name: 'Delete 4 exchanges' }).click();
  await page.getByText('4 exchanges deleted; the log says so.').waitFor();
  await page.waitForURL('**/#/sessions');
  await sessions(page).first().waitFor();
  expect(await page.getByText('gpt-5.2', { exact: true }).count()).toBeLessThan(await sessions(page).count());
  await window.goTo(`sessions/${session}`);
  await page.getByRole('heading', { name: 'This session is not in the log' }).waitFor();
  expect(key.status).toBe(200);
  expect(window.problems).toEqual([]);
});
