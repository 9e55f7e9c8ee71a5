// The window as the shell serves it, in a real Chromium: our scheme's handler and its policy, which lets the page connect
// nowhere, and a message port to a real core. Only the preload is played, and the scheme is http here.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { serveFiles } from '../../electron/protocol.ts';
import { createCore, type Core } from '../../src/core.ts';
import { readServeOptions } from '../../src/core/serve-flags.ts';
import { fake, session } from '../support/fake-electron.ts';
import { missingBrowser, openBrowser } from '../support/window.ts';

const config = fileURLToPath(new URL('../../build/window.config.ts', import.meta.url));
/** Chromium trusts it as it trusts ours. */
const site = 'http://scrim.localhost';

describe.skipIf(missingBrowser !== undefined)('the window under the shell’s policy', () => {
  let folder: string;
  let core: Core;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scrim-test-'));
    await build({ configFile: config, logLevel: 'error', build: { outDir: join(folder, 'renderer') } });
    const flags = { listen: '127.0.0.1:0', ui: '127.0.0.1:0' };
    const places = { dataDir: join(folder, 'data'), policy: join(folder, 'policy.yaml'), keys: 'plain', env: {} };
    core = await createCore(readServeOptions(flags, places), () => undefined);
    browser = await openBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    await core.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(route: string): Promise<{ page: Page; problems: string[] }> {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', ({ message }) => problems.push(message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    fake.isReady = true;
    const own = session.fromPartition('window');
    serveFiles(own as never, join(folder, 'renderer'));
    await context.route(`${site}/**`, async (request) => {
      const url = request.request().url().replace(site, 'app://scrim');
      const response = (await own.handlers.get('app')?.({ url, method: 'GET' } as unknown as Request))!;
      const headers = Object.fromEntries(response.headers);
      await request.fulfill({ status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) });
    });
    const ports: MessagePort[] = [];
    await page.exposeFunction('newPort', async () => {
      const { port1, port2 } = new MessageChannel();
      await core.serveWindow(port1, { kind: 'window', may: () => Promise.resolve({ ok: true }) });
      onTestFinished(() => port1.close());
      const place = ports.push(port2) - 1;
      port2.on(
        'message',
        (data: string) => void page.evaluate(`fromCore[${place}](${JSON.stringify(data)})`).catch(() => undefined),
      );
      return place;
    });
    await page.exposeFunction('toCore', (place: number, data: string) => ports[place]?.postMessage(data));
    // The preload's part: a port for the page that asks, as a message of its own.
    await page.addInitScript(`
      globalThis.fromCore = [];
      // Electron tells a page that its port has closed; Chromium alone does not.
      const listen = MessagePort.prototype.addEventListener;
      MessagePort.prototype.addEventListener = function (name, ...rest) {
        if (name === 'close') globalThis.losePort = () => this.dispatchEvent(new Event('close'));
        return listen.call(this, name, ...rest);
      };
      globalThis.scrim = { async connect() {
        const place = await newPort();
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => toCore(place, data);
        fromCore[place] = (data) => port1.postMessage(data);
        window.postMessage('scrim:port', location.origin, [port2]);
      } };
    `);
    await page.goto(`${site}/index.html#/${route}`);
    return { page, problems };
  }

  test('a page whose port has closed asks for another, and goes on', async () => {
    const { page, problems } = await open('live');
    await page.getByText('Protecting').waitFor();
    await page.evaluate('fromCore[0] = () => undefined; losePort()');
    await expect.poll(() => page.evaluate('fromCore.length')).toBe(2);
    await page.getByText('Not reached').waitFor({ state: 'detached' });
    await page.getByText('Protecting').waitFor();
    expect(problems).toEqual([]);
  });

  test('it shows what the core says, and breaks no rule of the policy on any screen', async () => {
    const { page, problems } = await open('live');
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
    for (const screen of ['approvals', 'sessions', 'overview', 'policy', 'keys', 'clients', 'settings', 'guide']) {
      await page.goto(`${site}/index.html#/${screen}`);
      await page.getByRole('main').waitFor();
    }
    expect(problems).toEqual([]);
  });

  test('whatever runs in it reaches nobody, not even the core’s own address', async () => {
    const { page } = await open('live');
    const outcomes = await page.evaluate(
      async (addresses) => {
        const reach = (address: string): Promise<string> =>
          fetch(address).then(
            () => 'reached',
            () => 'refused',
          );
        return Promise.all(addresses.map(reach));
      },
      ['https://example.com/', `${core.ready.ui}/proxy.pac`, `${site}/index.html`],
    );
    expect(outcomes).toEqual(['refused', 'refused', 'refused']);
    const hasRun = await page.evaluate(`(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.injected = true';
      document.body.append(script);
      return 'injected' in globalThis;
    })()`);
    expect(hasRun).toBe(false);
  });
});
