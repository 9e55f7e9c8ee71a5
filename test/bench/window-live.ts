// Does the list of Live keep up? `node test/bench/window-live.ts [seconds] [exchanges a second]`: a real core, real exchanges
// (each begins, streams and ends: several events) and a real Chromium. Prints frames a second and long tasks, at rest and under
// load. A second part measures what the list costs the core with no window open.

import { asMasked } from '../../src/base/text.ts';
import { systemClock } from '../../src/core/home.ts';
import { createLive } from '../../src/core/live.ts';
import { openedRecord } from '../sessions/records.ts';
import { startScene } from '../support/scene.ts';
import { openBrowser, openWindow } from '../support/window.ts';
import type { Page } from 'playwright-core';

const seconds = Number(process.argv[2] ?? 60);
const perSecond = Number(process.argv[3] ?? 100);

interface Frames {
  readonly frames: number;
  readonly time: number;
  /** Milliseconds. */
  readonly worst: number;
  readonly over34: number;
  readonly longTasks: number;
  readonly longest: number;
}

/** Runs in the page, which knows other names than this file. */
const measuring = (length: number): string => `new Promise((resolve) => {
  const found = { frames: 0, time: 0, worst: 0, over34: 0, longTasks: 0, longest: 0 };
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      found.longTasks++;
      found.longest = Math.max(found.longest, duration);
    }
  });
  observer.observe({ entryTypes: ['longtask'] });
  const begun = performance.now();
  let last = begun;
  const frame = () => {
    const now = performance.now();
    found.frames++;
    found.worst = Math.max(found.worst, now - last);
    if (now - last > 34) found.over34++;
    last = now;
    found.time = now - begun;
    if (found.time < ${length}) requestAnimationFrame(frame);
    else {
      observer.disconnect();
      resolve(found);
    }
  };
  requestAnimationFrame(frame);
})`;

async function measure(page: Page, length: number): Promise<Frames> {
  return await page.evaluate<Frames>(measuring(length));
}

function tell(what: string, { frames, time, worst, over34, longTasks, longest }: Frames): void {
  const rate = (frames / time) * 1_000;
  console.log(
    `${what}: ${rate.toFixed(1)} frames/s, worst frame ${worst.toFixed(0)} ms, ${over34} of ${frames} over 34 ms, ` +
      `${longTasks} long tasks, the longest ${longest.toFixed(0)} ms`,
  );
}

async function window(): Promise<void> {
  await using scene = await startScene();
  const browser = await openBrowser();
  const opened = await openWindow(browser, scene.link('live'));
  const { page } = opened;
  await scene.ask('Say: hello');
  await page.getByText('Done').first().waitFor();
  tell('at rest', await measure(page, 5_000));
  const body = JSON.stringify({
    model: 'm',
    stream: true,
    messages: [{ role: 'user', content: 'Say: one two three four' }],
  });
  let done = 0;
  let skipped = 0;
  let open = 0;
  const fire = setInterval(() => {
    for (let i = 0; i < perSecond / 20; i++) {
      if (open >= 200) {
        skipped++;
        continue;
      }
      open++;
      void fetch(`${scene.scrim.gateway}/local/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': `client-${i % 3}/1.0` },
        body,
      })
        .then((response) => response.text())
        .then(
          () => done++,
          () => undefined,
        )
        .finally(() => open--);
    }
  }, 50);
  const begun = performance.now();
  const frames = await measure(page, seconds * 1_000);
  clearInterval(fire);
  const rate = done / ((performance.now() - begun) / 1_000);
  tell('under load', frames);
  const rows = await page.locator('[aria-rowindex]').count();
  const heap = await page.evaluate(
    () => (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
  );
  console.log(
    `${rate.toFixed(0)} exchanges/s (${(rate * 2).toFixed(0)} begun or ended), ${skipped} not sent since the machine was behind; ` +
      `${rows} rows in the page, ${(heap / 1e6).toFixed(0)} MB of its heap`,
  );
  console.log(`problems: ${JSON.stringify(opened.problems)}`);
  await browser.close();
}

function unwatched(): void {
  const track = createLive({ clock: systemClock, record: () => undefined }).begin(openedRecord(), false);
  const pieces = [{ at: 1, channel: asMasked('text 0'), text: asMasked('some words') }];
  const rounds = 5_000_000;
  for (let i = 0; i < 100_000; i++) track.pieces(pieces);
  const heap = process.memoryUsage().heapUsed;
  const begun = performance.now();
  for (let i = 0; i < rounds; i++) track.pieces(pieces);
  const time = ((performance.now() - begun) / rounds) * 1e6;
  const bytes = (process.memoryUsage().heapUsed - heap) / rounds;
  console.log(`nobody watches: ${time.toFixed(0)} ns and ${bytes.toFixed(2)} bytes a piece`);
}

unwatched();
await window();
