// The Keys screen: a key goes in, reaches its provider, and is seen nowhere; a token works until it is revoked.

import { execFile } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { axeViolations } from '../support/axe.ts';
import { sse } from '../support/exchange.ts';
import { ownHome, type OwnHome } from '../support/own-home.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { startCore, type ScrimCore } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';
import { openBrowser, openWindow } from '../support/window.ts';

const key = makeSecret('openai-project', 'keys screen');
const nextKey = makeSecret('openai-project', 'keys screen, rotated');

let home: OwnHome;
let playback: Playback;
let scrim: ScrimCore;
let browser: Browser;
let passphrase: number;
let folder: string;

beforeAll(async () => {
  home = ownHome();
  folder = mkdtempSync(join(tmpdir(), 'scrim-passphrase-'));
  writeFileSync(join(folder, 'passphrase'), 'correct horse battery staple\n');
  passphrase = openSync(join(folder, 'passphrase'), 'r');
  playback = await startPlayback({
    secret: 'none',
    pause: 0,
    cut: 'whole',
    answer: () => ({
      headers: { 'content-type': 'text/event-stream' },
      body: `${sse({ choices: [{ index: 0, delta: { content: 'hello' }, finish_reason: 'stop' }] })}data: [DONE]\n\n`,
    }),
  });
  [scrim, browser] = await Promise.all([
    startCore({
      policy: `version: 1\nproviders: { local: "${playback.origin}" }\n`,
      env: home.env,
      own: { keys: 'file', keysPassphraseFd: String(passphrase) },
    }),
    openBrowser(),
  ]);
});

afterAll(async () => {
  await browser.close();
  await scrim.stop();
  await playback.close();
  closeSync(passphrase);
  rmSync(folder, { recursive: true, force: true });
  home[Symbol.dispose]();
});

/** In a process of its own: this one has the browser, and whoever asks a model may not change keys. Resolves with the status. */
async function askLocal(token: string): Promise<number> {
  const body = JSON.stringify({ model: 'gpt-5.2', stream: true, messages: [{ role: 'user', content: 'hello' }] });
  const script = `fetch(process.argv[1], { method: 'POST', body: process.argv[2], headers: {
    'content-type': 'application/json', authorization: 'Bearer ' + process.argv[3] } })
    .then(async (answer) => { await answer.text(); console.log(answer.status); })`;
  const url = `${scrim.gateway}/local/v1/chat/completions`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, url, body, token]);
  return Number(stdout);
}

test('a key is set, used and replaced; no page, storage, console or file shows it', async () => {
  await using window = await openWindow(browser, scrim.link('keys'));
  const { page } = window;
  page.setDefaultTimeout(10_000);
  const spoken: string[] = [];
  page.on(
    'response',
    (response) =>
      void response.text().then(
        (text) => spoken.push(text),
        () => undefined,
      ),
  );
  const everything = async (): Promise<string> => {
    const shown = await page.evaluate(async () => {
      const fields = [...document.querySelectorAll('input, textarea, select')].map(
        (field) => (field as HTMLInputElement).value,
      );
      const databases = await indexedDB.databases();
      return [
        document.documentElement.outerHTML,
        JSON.stringify(Object.entries(localStorage)),
        JSON.stringify(Object.entries(sessionStorage)),
        document.cookie,
        location.href,
        JSON.stringify(databases),
        ...fields,
      ].join('\n');
    });
    return [shown, ...spoken, ...window.problems, JSON.stringify(scrim.events)].join('\n');
  };

  await page.getByRole('button', { name: 'Set key of local' }).click();
  const field = page.getByLabel('Key', { exact: true });
  expect(await field.getAttribute('type')).toBe('password');
  expect(await field.getAttribute('autocomplete')).toBe('off');
  expect(await page.locator('form').count()).toBe(0);
  await field.fill(key);
  expect(await axeViolations(page)).toEqual([]);
  await field.press('Enter');
  const row = page.getByRole('row', { name: /^local / });
  await row.getByText('Stored').waitFor();
  expect(await everything()).not.toContain(key);

  await page.getByRole('button', { name: 'Make a token' }).click();
  await page.getByLabel('Name').fill('screen-test');
  await page.getByLabel('Providers', { exact: true }).fill('local');
  await page.getByRole('button', { name: 'Make the token' }).click();
  const shown = page.getByRole('dialog').locator('code').first();
  const token = await shown.innerText();
  expect(token).toMatch(/^scrim_[\w-]{43}$/);
  await page.getByRole('button', { name: 'I have copied it' }).click();
  await shown.waitFor({ state: 'detached' });
  expect(await page.content()).not.toContain(token);

  expect(await askLocal(token)).toBe(200);
  expect(playback.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${key}`);

  await row.getByRole('button', { name: 'Replace the key of local' }).click();
  await page.getByLabel('Key', { exact: true }).fill(nextKey);
  await page.getByRole('button', { name: 'Replace the key' }).last().click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await askLocal(token)).toBe(200);
  expect(playback.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${nextKey}`);

  await page.getByRole('button', { name: 'Revoke screen-test' }).click();
  await page.getByRole('button', { name: 'Revoke the token' }).click();
  await page.getByText('Revoked', { exact: true }).waitFor();
  expect(await askLocal(token)).toBe(401);

  await row.getByRole('button', { name: 'Remove the key of local' }).click();
  await page.getByRole('button', { name: 'Remove the key', exact: true }).click();
  await row.getByText('None').waitFor();

  const all = await everything();
  for (const secret of [key, nextKey]) {
    expect(all).not.toContain(secret);
    expect(all).not.toContain(secret.slice(8, 40));
    expect(await scrim.filesWith(secret)).toEqual([]);
  }
  expect(await axeViolations(page)).toEqual([]);
  expect(window.problems).toEqual([]);
});

test('what is no key is refused with the next step, and the field is empty', async () => {
  await using window = await openWindow(browser, scrim.link('keys/openai'));
  const { page } = window;
  const field = page.getByLabel('Key', { exact: true });
  await field.fill('two words');
  await field.press('Enter');
  await page.getByText('Give the key on one line').waitFor();
  expect(await field.inputValue()).toBe('');
});
