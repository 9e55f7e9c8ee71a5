// An assistant that has a browser: it asks its model something, and then opens a browser below itself.

import { chromium } from 'playwright-core';
import { chromiumPath } from '../support/window.ts';

const { URL: url = '' } = process.env;
const body = { model: 'm', stream: true, messages: [{ role: 'user', content: 'Say: hello' }] };
await (
  await fetch(url, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
).text();
const server = await chromium.launchServer({
  executablePath: chromiumPath,
  chromiumSandbox: process.getuid?.() !== 0,
  args: ['--disable-dev-shm-usage', '--no-first-run'],
});
process.stdout.write(`${server.wsEndpoint()}\n`);
process.stdin.resume().once('end', () => void server.close().then(() => process.exit(0)));
