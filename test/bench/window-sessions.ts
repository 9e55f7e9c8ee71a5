// How the list of sessions feels at 100,000 exchanges, in a real Chromium: `node test/bench/window-sessions.ts [exchanges]`.
// Each exchange is a session of its own, which is the longest list that they can make; then the same over a search that
// finds all of them. Needs a built window (`npm run build:window`). On a machine without a graphics card frames are drawn
// by the processor, so more is left over elsewhere.

import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { openIndexer } from '../../src/sessions/search-indexer.ts';
import { seedLog } from '../support/log-of-sessions.ts';
import { startCore } from '../support/scrim.ts';
import { openBrowser, openWindow } from '../support/window.ts';

const total = Number(process.argv[2] ?? 100_000);

function say(line: string): void {
  console.log(line);
}

/** Scrolls for so long, so many pixels a frame, and says how the frames came. */
async function scroll(page: Page, title: string, step: number, ms: number): Promise<void> {
  const before = await busySeconds(page);
  const next = step > 0 ? `box.scrollTop + ${step}` : 'Math.random() * box.scrollHeight';
  // As text: this folder knows no page.
  const deltas = await page.evaluate<number[]>(`new Promise((resolve) => {
    const box = document.querySelector('[role="grid"]');
    const frames = [];
    let last = performance.now();
    const end = last + ${ms};
    const frame = (now) => {
      frames.push(now - last);
      last = now;
      box.scrollTop = ${next};
      if (now < end) requestAnimationFrame(frame);
      else resolve(frames.slice(2));
    };
    requestAnimationFrame(frame);
  })`);
  const busy = (1_000 * ((await busySeconds(page)) - before)) / deltas.length;
  const sorted = deltas.toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(1);
  const rate = (1_000 * deltas.length) / deltas.reduce((sum, each) => sum + each, 0);
  const dropped = deltas.filter((delta) => delta > 25).length;
  say(
    `${title.padEnd(36)} ${rate.toFixed(1)} frames/s, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${at(0.9999)} ms, late ${dropped} of ${deltas.length}; the page works ${busy.toFixed(1)} ms a frame`,
  );
}

/** What the page's thread has worked: says more than frames on a machine that others use too. */
async function busySeconds(page: Page): Promise<number> {
  const client = await sessionOf(page);
  const { metrics } = await client.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
}

const sessions = new Map<Page, Promise<CDPSession>>();

function sessionOf(page: Page): Promise<CDPSession> {
  let session = sessions.get(page);
  if (session === undefined) {
    session = page
      .context()
      .newCDPSession(page)
      .then(async (made) => {
        await made.send('Performance.enable', { timeDomain: 'threadTicks' });
        return made;
      });
    sessions.set(page, session);
  }
  return session;
}

async function memory(page: Page, title: string): Promise<void> {
  const client = await sessionOf(page);
  await client.send('HeapProfiler.collectGarbage');
  const { metrics } = await client.send('Performance.getMetrics');
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0;
  const nodes = metrics.find(({ name }) => name === 'Nodes')?.value ?? 0;
  const browser = await page.context().browser()?.newBrowserCDPSession();
  const { processInfo } = (await browser?.send('SystemInfo.getProcessInfo')) ?? { processInfo: [] };
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  say(
    `${title.padEnd(36)} JS heap ${(heap / 2 ** 20).toFixed(0)} MB, page process ${Math.max(0, ...sizes).toFixed(0)} MB, ${nodes} nodes`,
  );
}

/** From the navigation to the first row with something in it. */
async function firstPaint(page: Page, title: string): Promise<void> {
  await page.reload();
  await page.getByRole('row').nth(3).getByRole('link').waitFor();
  const { rows, paint } = await page.evaluate(() => ({
    rows: performance.now(),
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  }));
  say(`${title.padEnd(36)} first paint ${paint.toFixed(0)} ms, rows after ${rows.toFixed(0)} ms at most`);
}

say(`load ${(loadavg()[0] ?? 0).toFixed(1)} on ${availableParallelism()} cores`);
const scrim = await startCore();
const folder = join(scrim.dataDir, 'sessions');
let begun = performance.now();
await seedLog(folder, { exchanges: total, sessions: total, days: 60 });
say(`${total} exchanges written in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
begun = performance.now();
{
  using indexer = openIndexer(folder);
  while (indexer.batch() > 0);
}
say(`indexed in ${((performance.now() - begun) / 1000).toFixed(0)} s`);

const browser = await openBrowser();
const window = await openWindow(browser, scrim.link('sessions'));
const { page } = window;
try {
  await page.getByRole('row').nth(3).getByRole('link').waitFor();
  for (let i = 0; i < 3; i++) await firstPaint(page, 'opening the list');
  await memory(page, 'at rest');
  await scroll(page, 'a wheel, 3,000 pixels a second', 50, 5_000);
  await scroll(page, 'a fling, 24,000 pixels a second', 400, 5_000);
  await scroll(page, 'jumps to anywhere in each frame', 0, 5_000);
  await memory(page, 'after it');
  await page.goto(new URL('#/sessions/search/deploy', page.url()).href);
  await page.getByRole('row').first().waitFor();
  for (let i = 0; i < 2; i++) await firstPaint(page, 'opening a search for a common word');
  await scroll(page, 'a wheel over what was found', 50, 5_000);
  await memory(page, 'after it');
  say(window.problems.length === 0 ? 'no complaints of the page' : window.problems.join('\n'));
} finally {
  await browser.close();
  await scrim.stop();
}
say(`load ${(loadavg()[0] ?? 0).toFixed(1)}`);
