// The assistant cannot answer for the person with a browser of its own, even where it has got hold of a link (A6).

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { startScene } from '../support/scene.ts';
import { cleanEnvironment } from '../support/scrim.ts';
import { missingBrowser, openBrowser, openWindow } from '../support/window.ts';

test.skipIf(missingBrowser !== undefined)('a browser below a guarded client is refused, in one sentence', async () => {
  await using scene = await startScene();
  const assistant = spawn(process.execPath, [fileURLToPath(new URL('guarded-browser.ts', import.meta.url))], {
    env: cleanEnvironment({ URL: `${scene.scrim.gateway}/local/v1/chat/completions` }),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [endpoint] = (await once(createInterface({ input: assistant.stdout }), 'line')) as [string];
    const browser = await chromium.connect(endpoint);
    const { page } = await openWindow(browser, scene.link('approvals'));
    const answer = scene.ask('Run: rm -rf /srv/precious');
    const { id } = await scene.scrim.nextEvent('question');
    await page.locator('[data-allow][data-ready="true"]').click();
    await page.getByText('whose own requests Scrim guards').waitFor();
    expect(scene.scrim.events.some(({ event }) => event === 'answered')).toBe(false);
    // Nor may it deny: an answer is the person's.
    await page.keyboard.press('d');
    await expect.poll(() => page.getByText('whose own requests Scrim guards').count()).toBe(2);
    expect(await page.locator(`[data-question="${id}"]`).count()).toBe(1);
    await browser.close();
    // The person's own browser is heard.
    const own = await openBrowser();
    const window = await openWindow(own, scene.link(`approvals/${id}`));
    await window.page.getByRole('button', { name: 'Deny once' }).click();
    expect((await answer).call).toBe('');
    await own.close();
  } finally {
    assistant.stdin.end();
    await once(assistant, 'exit');
  }
});
