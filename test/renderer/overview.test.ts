import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { columnsOf, edgesOf, periods, spanQuery } from '../../renderer/views/overview/period.ts';
import { axeViolations } from '../support/axe.ts';
import { fillScene } from '../support/scene-day.ts';
import { startScene, type Scene } from '../support/scene.ts';
import { openBrowser, openWindow } from '../support/window.ts';

let scene: Scene;
let browser: Browser;

beforeAll(async () => {
  [scene, browser] = await Promise.all([startScene({ policy: 'approval: { timeout: 1s }' }), openBrowser()]);
}, 60_000);

afterAll(async () => {
  await browser.close();
  await scene.close();
});

test('an empty period says so, and still shows who goes through Scrim', async () => {
  await using window = await openWindow(browser, scene.link('overview'));
  await window.page.getByText('Nothing went through Scrim in the last 7 days').waitFor();
  await window.page.getByRole('region', { name: 'Coverage' }).waitFor();
  expect(window.problems).toEqual([]);
});

test('findings, answers, clients and tokens of the period, and each leads to its exchanges', async () => {
  const { last } = await fillScene(scene);
  await last.ask('Run: rm -rf /srv/precious');
  await using window = await openWindow(browser, scene.link('overview/24h'));
  const { page } = window;
  const rules = page.getByRole('region', { name: 'Findings by rule' });
  await rules.getByText('aws-access-key-id').waitFor();
  expect(await rules.getByRole('row').last().innerText()).toContain('1 value in 4 exchanges');
  const answers = page.getByRole('region', { name: 'Answers by rule' });
  expect(await answers.getByRole('row').last().innerText()).toContain('delete-outside');
  expect(await page.getByRole('region', { name: 'Clients' }).innerText()).toContain('codex_cli_rs');
  expect(await page.getByRole('region', { name: 'Projects' }).innerText()).toContain('storefront');
  expect(await page.getByRole('region', { name: 'Tokens by client and model' }).innerText()).toContain('gemini-3-pro');
  await page.getByRole('region', { name: 'Time and disk' }).getByText('as the median').first().waitFor();

  const link = rules.getByRole('link', { name: 'aws-access-key-id' });
  expect(decodeURIComponent((await link.getAttribute('href')) ?? '')).toMatch(
    /^#\/sessions\/search\/rule:aws-access-key-id since:\S+Z before:\S+Z$/,
  );
  expect(await page.content()).not.toContain(scene.secret);
  expect(window.problems).toEqual([]);
});

test('a chart is a table too, and its bars can be clicked', async () => {
  await using window = await openWindow(browser, scene.link('overview/24h'));
  const { page } = window;
  const chart = page.getByRole('region', { name: 'Findings', exact: true });
  const canvas = chart.locator('canvas');
  await canvas.waitFor();
  await chart.getByRole('button', { name: 'Findings as a table' }).click();
  const figure = chart.getByRole('row').last().getByRole('link');
  expect(await figure.innerText()).toBe('4');
  expect(await axeViolations(page)).toEqual([]);
  const wanted = await figure.getAttribute('href');
  await chart.getByRole('button', { name: 'Findings as a table' }).click();
  const box = await canvas.boundingBox();
  if (box === null) throw new Error('The chart is not to be seen.');
  // The last column is the running hour.
  await expect
    .poll(async () => {
      await page.mouse.click(box.x + box.width - 12, box.y + box.height - 50);
      return new URL(page.url()).hash;
    })
    .toBe(wanted);
  expect(window.problems).toEqual([]);
});

test('the periods begin where a day of the person does, and cover what they say', () => {
  const now = new Date(2026, 10, 20, 16, 5);
  for (const period of periods) {
    const edges = edgesOf(period, now);
    expect(edges).toHaveLength(period.columns + 1);
    expect(edges.at(-1)).toBeGreaterThan(now.getTime());
    expect(edges.at(-2)).toBeLessThanOrEqual(now.getTime());
    if (period.hours === 24) for (const edge of edges) expect(new Date(edge).getHours()).toBe(0);
    expect(columnsOf(period, edges)).toHaveLength(period.columns);
  }
  expect(spanQuery(Date.UTC(2026, 10, 20, 16), Date.UTC(2026, 10, 20, 17))).toBe(
    'since:2026-11-20T16:00Z before:2026-11-20T17:00Z',
  );
});
