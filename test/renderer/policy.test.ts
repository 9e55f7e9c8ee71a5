// The policy screen in a real browser: form, YAML and test bench of one text, saved, and obeyed by the next event. Long: one screen.

import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { axeViolations } from '../support/axe.ts';
import { makeSecret } from '../support/secrets.ts';
import { startScene, type Scene } from '../support/scene.ts';
import { openBrowser, openWindow, type OpenWindow } from '../support/window.ts';

let scene: Scene;
let browser: Browser;
let begin: string;

const policy = `approval: { timeout: 120s } # patience
masking:
  # what we call things
  rules:
    - { id: ticket, regex: 'ACME-[0-9]{6}', kind: identifier } # tickets
risk:
  - { id: deploys, match: "make deploy *", then: ask } # ops`;

beforeAll(async () => {
  [scene, browser] = await Promise.all([startScene({ policy }), openBrowser()]);
  begin = await file();
}, 60_000);

afterAll(async () => {
  await browser.close();
  await scene.close();
});

const file = () => readFile(scene.scrim.policyFile, 'utf8');

/** Every test begins with the same policy in force. */
async function open(rest = ''): Promise<OpenWindow> {
  if ((await file()) !== begin) {
    const taken = scene.scrim.nextEvent('policy');
    await writeFile(scene.scrim.policyFile, begin);
    await taken;
  }
  const window = await openWindow(browser, scene.link('policy'));
  window.page.setDefaultTimeout(10_000);
  if (rest !== '') await window.goTo(`policy/${rest}`);
  await window.page.getByText('in force').waitFor();
  return window;
}

const form = (page: Page) => page.getByRole('region', { name: 'Form' });
const yaml = (page: Page) => page.getByRole('textbox', { name: 'Policy as YAML' });
const save = async (page: Page) => {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
};
const saved = async (page: Page) => page.getByText('Saved; it counts from the next event on.').first().waitFor();
async function typeAtEnd(page: Page, text: string): Promise<void> {
  await yaml(page).click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(text);
}

/** The line of the editor that says this. */
function line(editor: Locator, text: string): Locator {
  return editor.locator('.cm-line', { hasText: text });
}

test('a rule that is added in the form masks from the next event on; comments and order stay', async () => {
  await using window = await open();
  const { page } = window;
  expect((await scene.ask('Say: we work on bluebird now')).text).toContain('bluebird');

  await page.getByRole('button', { name: 'Own rules' }).click();
  await form(page)
    .getByRole('region', { name: 'Own masking rules' })
    .getByRole('button', { name: 'Add a rule' })
    .click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Id').fill('code-names');
  await dialog.getByRole('button', { name: 'Words' }).click();
  await dialog.getByRole('textbox', { name: 'Words' }).fill('bluebird\nred fox');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await dialog.waitFor({ state: 'detached' });
  // The YAML says it at once.
  await line(yaml(page), 'code-names').waitFor();
  expect(await file()).toBe(begin);
  await save(page);
  await saved(page);
  // Saved with nothing to save any more: the focus stays.
  expect(
    await page
      .getByRole('button', { name: 'Save', exact: true })
      .evaluate((button) => button === document.activeElement),
  ).toBe(true);

  expect(await file()).toBe(
    begin.replace(' # tickets\n', ' # tickets\n    - { id: code-names, words: [bluebird, red fox] }\n'),
  );
  expect((await scene.ask('Say: we work on bluebird now')).text).toMatch(/we work on MASKED_CUSTOM_[0-9a-f]{8} now/);
  await page.getByRole('button', { name: 'Undo the last save' }).click();
  await page.getByText('The policy is as it was before.').waitFor();
  expect(await file()).toBe(begin);
  expect((await scene.ask('Say: we work on bluebird now')).text).toContain('bluebird');
  expect(window.problems).toEqual([]);
});

test('what is typed in the YAML shows in the form, and a verdict that is set there denies the next call', async () => {
  await using window = await open();
  const { page } = window;
  await typeAtEnd(page, 'requests: mask\n');
  await form(page)
    .getByRole('group', { name: 'Secrets in requests' })
    .getByRole('button', { name: 'Mask', pressed: true })
    .waitFor();
  await page.getByRole('searchbox', { name: 'Find a built-in rule' }).fill('force-push');
  await page.getByRole('combobox', { name: 'Verdict of git-force-push' }).selectOption('deny');
  await line(yaml(page), 'git-force-push').waitFor();
  // Both changes, by keyboard.
  await page.keyboard.press('Control+s');
  await saved(page);
  expect(await file()).toBe(
    begin.replace(' # ops\n', ' # ops\n  - { id: git-force-push, then: deny }\n') + 'requests: mask\n',
  );
  const answer = await scene.ask('Run: git push --force');
  expect(answer.call).not.toContain('--force');
  expect(window.problems).toEqual([]);
});

test('a text that is not valid shows where, in words, and is not saved', async () => {
  await using window = await open();
  const { page } = window;
  await typeAtEnd(page, 'mod: enforce\n');
  const problem = page.getByRole('list', { name: 'Problems of the policy' }).getByRole('button');
  await problem.waitFor();
  const at = begin.split('\n').length;
  expect((await problem.innerText()).replace(/\s+/g, ' ')).toBe(
    `${at}:1 Remove or correct "mod": there is no such key here. Did you mean "mode"?`,
  );
  expect(await yaml(page).locator('.cm-lintRange-error').innerText()).toBe('mod:');
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
  await page.keyboard.press('Control+s');
  await typeAtEnd(page, 'more: [\n');
  await page.getByText('The YAML cannot be read as it stands.').waitFor();
  expect(await file()).toBe(begin);
  expect(await axeViolations(page)).toEqual([]);
  expect(window.problems).toEqual([]);
});

test('a file that cannot be read when the screen is opened: no form with defaults that do not count', async () => {
  const taken = scene.scrim.nextEvent('policy');
  await writeFile(scene.scrim.policyFile, 'version: 1\nrequests: [oops\n');
  await taken;
  await using window = await openWindow(browser, scene.link('policy'));
  const { page } = window;
  await page.getByText('What Scrim read before stays in force').waitFor();
  expect(await page.getByRole('heading', { name: 'General' }).isVisible()).toBe(false);
  const again = scene.scrim.nextEvent('policy');
  await writeFile(scene.scrim.policyFile, begin);
  await again;
  await page.getByText('in force', { exact: true }).waitFor();
  await page.getByRole('heading', { name: 'General' }).waitFor();
});

test('a rule that can never match is refused in its dialog, with the reason', async () => {
  await using window = await open();
  const { page } = window;
  await form(page).getByRole('button', { name: 'Edit the rule ticket' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Regular expression').fill('a^b');
  await dialog.getByRole('button', { name: 'Change' }).click();
  expect(await dialog.getByRole('alert').innerText()).toMatch(/never match/);
  await dialog.getByLabel('Regular expression').fill('ACME-[0-9]{7}');
  await dialog.getByRole('button', { name: 'Change' }).click();
  await dialog.waitFor({ state: 'detached' });
  await save(page);
  await saved(page);
  expect(await file()).toBe(begin.replace("'ACME-[0-9]{6}'", "'ACME-[0-9]{7}'"));
  expect(window.problems).toEqual([]);
});

test('a value that a setting does not take is said beside it, and the text stays as it was', async () => {
  await using window = await open();
  const { page } = window;
  const timeout = form(page).getByRole('textbox', { name: 'How long a question waits' });
  expect(await timeout.inputValue()).toBe('120s');
  await timeout.fill('soon');
  await timeout.press('Enter');
  await form(page).getByText('Write a duration with its unit').waitFor();
  expect(await page.getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
  await form(page).getByRole('button', { name: 'Back to the default: A question waits' }).click();
  await form(page).getByText('Write a duration').waitFor({ state: 'detached' });
  expect(await timeout.inputValue()).toBe('60s');
  expect(window.problems).toEqual([]);
});

test('a change that protects less is named before it is saved', async () => {
  await using window = await open();
  const { page } = window;
  await form(page).getByRole('group', { name: 'Mode' }).getByRole('button', { name: 'Observe' }).click();
  await page.getByText('not saved').waitFor();
  await save(page);
  const dialog = page.getByRole('dialog', { name: 'This change protects less' });
  await dialog.getByText('Nothing is masked and nothing is asked any more').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Go on editing' }).click();
  expect(await file()).toBe(begin);
  await save(page);
  await dialog.getByRole('button', { name: 'Save it anyway' }).click();
  await saved(page);
  expect(await file()).toContain('mode: observe');
  expect((await scene.ask('Key: which one')).text).toContain(scene.secret);
  expect(window.problems).toEqual([]);
});

test('an edit of the file meanwhile is neither lost nor overwritten: the person chooses', async () => {
  await using window = await open();
  const { page } = window;
  await typeAtEnd(page, '# typed here\n');
  await page.getByText('not saved').waitFor();
  await writeFile(scene.scrim.policyFile, `${begin}# from elsewhere\n`);
  await page.getByRole('button', { name: 'Compare' }).click();
  const dialog = page.getByRole('dialog', { name: 'Two versions of the policy' });
  const lines = await dialog.getByRole('region', { name: 'Differences' }).innerText();
  expect(lines).toContain('-# from elsewhere');
  expect(lines).toContain('+# typed here');
  await dialog.getByRole('button', { name: 'Go on with my text' }).click();
  expect(await file()).toBe(`${begin}# from elsewhere\n`);
  await save(page);
  await saved(page);
  expect(await file()).toBe(`${begin}# typed here\n`);
  // Without changes of its own, the screen follows the file.
  await writeFile(scene.scrim.policyFile, `${begin}# once more\n`);
  await line(yaml(page), 'once more').waitFor();
  expect(window.problems).toEqual([]);
});

test('changes are kept when the screen is left', async () => {
  await using window = await open();
  const { page } = window;
  await typeAtEnd(page, '# not yet ');
  // What is typed into the editor is no command of the window.
  await page.keyboard.type('gl?\n');
  await line(yaml(page), 'not yet gl?').waitFor();
  await page.getByText('not saved').waitFor();
  await window.goTo('live');
  await page.getByText('Your changes of the policy are kept here, but not saved yet.').waitFor();
  await window.goTo('policy');
  await line(yaml(page), 'not yet').waitFor();
  await page.getByRole('button', { name: 'Discard' }).click();
  await line(yaml(page), 'not yet').waitFor({ state: 'detached' });
  expect(await file()).toBe(begin);
  expect(window.problems).toEqual([]);
});

test('the editor offers keys and values, and explains them', async () => {
  await using window = await open();
  const { page } = window;
  const options = page.getByRole('listbox').getByRole('option');
  await typeAtEnd(page, '');
  await page.keyboard.type('ses');
  await options.filter({ hasText: 'sessions' }).click();
  await line(yaml(page), 'sessions:').waitFor();
  // On a line of its own, where it belongs.
  await page.keyboard.type('on-f');
  await options.filter({ hasText: 'on-failure' }).click();
  await line(yaml(page), 'on-failure:').waitFor();
  await page.keyboard.type('c');
  await options.filter({ hasText: 'continue' }).click();
  await line(yaml(page), 'on-failure: continue').waitFor();
  await line(yaml(page), 'sessions:').getByText('sessions').hover();
  await page.getByText('how long and how much of the log is kept').waitFor();
  expect(window.problems).toEqual([]);
});

test('the test bench marks what would be masked under the unsaved policy, and says what would wait or be denied', async () => {
  await using window = await open('try');
  const { page } = window;
  const text = page.getByRole('textbox', { name: 'Text to try' });
  const found = page.getByRole('region', { name: 'What the policy would do' });
  const secret = makeSecret('aws-access-key-id', 'typed');
  await text.click();
  await page.keyboard.insertText(`the key ${secret} and the bird bluebird`);
  await found.getByText('aws-access-key-id').waitFor();
  expect(secret).toContain(await text.locator('.cm-would-mask').innerText());
  await found.getByText('It has the form of the rule.').waitFor();

  // A word that the policy does not know yet.
  await form(page).getByRole('button', { name: 'Edit the rule ticket' }).click();
  await page.getByRole('dialog').getByLabel('Regular expression').fill('bluebird');
  await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click();
  await found.getByText('ticket').waitFor();
  expect(await text.locator('.cm-would-mask').allInnerTexts()).toContain('bluebird');
  // One value is let through, in the text of the policy only.
  await found
    .getByRole('listitem')
    .filter({ hasText: 'aws-access-key-id' })
    .getByRole('button', { name: 'Not a secret' })
    .click();
  await found.getByText('The allow list names it.').waitFor();
  expect(await text.locator('.cm-would-mask').allInnerTexts()).toEqual(['bluebird']);

  await page.getByRole('group', { name: 'What is tried' }).getByRole('button', { name: 'Command' }).click();
  await text.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('make deploy prod');
  await found.getByText('waits for you').waitFor();
  await found.getByText('deploys').waitFor();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('rm -rf /');
  await found.getByText('denied').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  expect(await file()).toBe(begin);
  // What was pasted is nowhere: not on disk, not in an event.
  expect(await scene.scrim.filesWith(secret)).toEqual([]);
  expect(JSON.stringify(scene.scrim.events)).not.toContain(secret);
  expect(window.problems).toEqual([]);
});

test('a recorded exchange is tried by its id', async () => {
  await using window = await open();
  const seen = new Set(scene.scrim.events.map((event) => (event.event === 'exchange' ? event.id : '')));
  const answer = await scene.ask('Run: ls -la src');
  expect(answer.call).toContain('ls -la src');
  const { id: exchange } = await scene.scrim.nextEvent('exchange', ({ id }) => !seen.has(id));
  await window.goTo(`policy/try/${exchange}`);
  const found = window.page.getByRole('region', { name: 'What the policy would do' });
  await found.getByText('The text, as the log has it').waitFor();
  await found.getByText('passes').waitFor();
  expect(window.problems).toEqual([]);
});

test('one value of a finding is allowed with one click: it passes next time, another one does not', async () => {
  await using window = await open();
  const { page } = window;
  const other = makeSecret('aws-access-key-id', 'another');
  expect((await scene.ask('Key: which one')).text).not.toContain(scene.secret);
  const finding = await scene.scrim.nextEvent('finding', ({ rule }) => rule === 'aws-access-key-id');
  // As Live and Sessions ask for it: from the page, with its token.
  const asked = page.waitForRequest((request) => request.url().includes('/rpc/'));
  await typeAtEnd(page, ' ');
  const headers = {
    'content-type': 'application/json',
    'x-scrim-token': (await (await asked).allHeaders())['x-scrim-token'] ?? '',
  };
  const body = JSON.stringify({ json: { exchange: finding.exchange, finding: finding.fingerprint } });
  const answer = await page.evaluate(
    async (request) =>
      (await fetch('/rpc/policy/allowFinding', { method: 'POST', ...request })).json() as Promise<unknown>,
    { headers, body },
  );
  expect(answer).toMatchObject({ json: { state: 'allowed', rule: 'aws-access-key-id' } });
  expect((await scene.ask('Key: which one')).text).toContain(scene.secret);
  expect((await scene.ask(`Say: and ${other} too`)).text).not.toContain(other);
  expect(await file()).toMatch(
    /allow:\n\s+- fingerprint:[0-9a-f]{16} # \d{4}-\d\d-\d\d not a secret: aws-access-key-id, opencode/,
  );
  expect(window.problems).toEqual([]);
});

test('the form is filled in and saved with the keyboard alone', async () => {
  await using window = await open();
  const { page } = window;
  const reach = async (name: string): Promise<void> => {
    for (let presses = 0; presses < 120; presses++) {
      await page.keyboard.press('Tab');
      const label = await page.evaluate(
        () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent,
      );
      if (label?.trim() === name) return;
    }
    throw new Error(`Tab does not reach ${name}`);
  };
  await page.getByRole('button', { name: 'General' }).focus();
  await reach('Add a key name');
  await page.keyboard.type('licence_code');
  await page.keyboard.press('Enter');
  await form(page).getByRole('button', { name: 'Remove licence_code' }).waitFor();
  await page.keyboard.press('Control+s');
  await saved(page);
  expect(await file()).toContain('keys: [licence_code]');
  expect(window.problems).toEqual([]);
});
