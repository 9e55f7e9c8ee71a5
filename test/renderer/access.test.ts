// The window in a browser is the person's alone: who has no token of this run gets nothing, and no secret lies where others look.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { contract } from '../../src/contract/contract.ts';
import { tokenHeader } from '../../src/contract/control.ts';
import type { ProcedureMeta } from '../../src/contract/procedures/procedure.ts';
import { exchangeBytes } from '../support/http-client.ts';
import { startCore, type ScrimCore } from '../support/scrim.ts';
import { openBrowser, openWindow } from '../support/window.ts';

let scrim: ScrimCore;
let browser: Browser;

beforeAll(async () => {
  [scrim, browser] = await Promise.all([startCore(), openBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await scrim.stop();
});

const procedures = pathsOf(contract);

function pathsOf(router: object, at: readonly string[] = []): { path: string; changes: boolean }[] {
  if ('~orpc' in router) {
    const { meta } = router['~orpc'] as { meta: ProcedureMeta };
    return [{ path: `/rpc/${at.join('/')}`, changes: meta.changes === true && meta.fromScripts !== true }];
  }
  return Object.entries(router).flatMap(([name, inner]) => pathsOf(inner as object, [...at, name]));
}

function call(path: string, headers: Record<string, string>) {
  const lines = Object.entries({ Connection: 'close', 'Content-Length': '0', ...headers });
  return exchangeBytes(
    scrim.ui,
    `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
}

describe('every procedure is refused', () => {
  const host = () => new URL(scrim.ui).host;
  const token = async () =>
    (JSON.parse(await readFile(join(scrim.dataDir, 'instance.json'), 'utf8')) as { controlToken: string }).controlToken;

  test.each([
    ['without a token', 401, () => ({ Host: host() })],
    ['with a guessed token', 401, () => ({ Host: host(), [tokenHeader]: 'x'.repeat(32) })],
    ['with a token in a cookie', 401, async () => ({ Host: host(), Cookie: `${tokenHeader}=${await token()}` })],
    [
      'to a foreign origin',
      403,
      async () => ({ Host: host(), [tokenHeader]: await token(), Origin: 'https://a.example' }),
    ],
    [
      'to a page of another port',
      403,
      async () => ({ Host: host(), [tokenHeader]: await token(), Origin: 'http://127.0.0.1:1' }),
    ],
    ['to a page without origin', 403, async () => ({ Host: host(), [tokenHeader]: await token(), Origin: 'null' })],
    ['under a name that was bound anew', 403, async () => ({ Host: 'rebound.example', [tokenHeader]: await token() })],
  ])('%s', async (_, status, headers) => {
    for (const { path } of procedures) expect((await call(path, await headers())).status, path).toBe(status);
  });

  test('that changes something, to a process without a terminal that holds the token', async () => {
    const changing = procedures.filter(({ changes }) => changes);
    expect(changing.length).toBeGreaterThan(1);
    for (const { path } of changing) {
      const reply = await call(path, { Host: host(), [tokenHeader]: await token() });
      expect(reply.status, path).toBe(403);
    }
  });
});

describe('in a browser', () => {
  test('the code leaves the address, and neither address, storage nor console has a secret', async () => {
    const link = scrim.link('live');
    const code = /code=(\w+)/.exec(link)?.[1] ?? '';
    await using window = await openWindow(browser, link);
    const { page } = window;
    expect(page.url()).toBe(link.replace(/\?.*/, ''));
    const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]));
    expect(kept).not.toContain(code);
    expect(kept).toBe('[{},{},""]');
    expect(window.problems).toEqual([]);
  });

  test('the key it keeps cannot be taken out', async () => {
    await using window = await openWindow(browser, scrim.link('live'));
    const outcome = await window.page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open('scrim');
        opening.onsuccess = () => resolve(opening.result);
      });
      const pair = await new Promise<CryptoKeyPair>((resolve) => {
        const reading = database.transaction('keys').objectStore('keys').get('window') as IDBRequest<CryptoKeyPair>;
        reading.onsuccess = () => resolve(reading.result);
      });
      return crypto.subtle.exportKey('jwk', pair.privateKey).then(
        () => 'exported',
        (error: unknown) => (error as Error).name,
      );
    });
    expect(outcome).toBe('InvalidAccessError');
  });

  test('it is still the person’s after a reload, and in a second tab', async () => {
    await using window = await openWindow(browser, scrim.link('live'));
    await window.page.reload();
    await window.page.getByRole('navigation', { name: 'Screens' }).waitFor();
    const second = await window.page.context().newPage();
    await second.goto(new URL('/', window.page.url()).href);
    await second.getByRole('navigation', { name: 'Screens' }).waitFor();
    expect(window.problems).toEqual([]);
  });

  test('a browser that nobody paired sees how to pair it, and nothing else', async () => {
    await using context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(scrim.ui);
    await page.getByText('Run scrim open').waitFor();
    await page.getByLabel('Code').fill('nothing2good');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByText('This code was used, is too old, or is not one of this run.').waitFor();
    await page.getByLabel('Code').fill(/code=(\w+)/.exec(scrim.link(''))?.[1] ?? '');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  });

  test('when Scrim stops the window says so; started anew it asks to be opened anew, and goes on where it was', async () => {
    // At the same address in each run.
    const env = { SSH_CONNECTION: '192.0.2.1 50000 192.0.2.2 22' };
    let own = await startCore({ env });
    const { host } = new URL(own.ui);
    try {
      await using window = await openWindow(browser, own.link('keys'));
      const { page } = window;
      await page.getByText('Protecting').waitFor();
      await own.stop();
      await page.getByRole('alert').getByText('Scrim does not run any more.').waitFor();
      own = await startCore({ env, own: { ui: host } });
      await page.getByRole('heading', { name: 'Scrim has been started anew' }).waitFor();
      // What `scrim open` does: a page of its own.
      const opened = await page.context().newPage();
      await opened.goto(own.link('live'));
      await page.getByRole('heading', { name: 'Keys', level: 1 }).waitFor();
    } finally {
      await own.stop();
    }
  });

  test('the page runs nothing that is not ours, and may not be framed', async () => {
    const { headers } = await fetch(scrim.ui);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
  });

  test.each(['/../package.json', '/..%2f..%2fpackage.json', '/assets/../../cli/cli.js', '/%2e%2e/%2e%2e/package.json'])(
    'no file from elsewhere: %s',
    async (path) => {
      const { status } = await exchangeBytes(
        scrim.ui,
        `GET ${path} HTTP/1.1\r\nHost: ${new URL(scrim.ui).host}\r\nConnection: close\r\n\r\n`,
      );
      expect([401, 403, 404]).toContain(status);
    },
  );
});

test.skipIf(process.platform === 'darwin')(
  'what listened in its place while it was off gets neither code nor window',
  async () => {
    const worker = `self.addEventListener('fetch', (event) => event.respondWith(new Response('taken')));`;
    const page = `<script>navigator.serviceWorker.register('/w.js').then(() => navigator.serviceWorker.ready).then(() => (document.title = 'left'))</script>`;
    const before = createServer(({ url }, response) => {
      const isWorker = url === '/w.js';
      response.setHeader('content-type', isWorker ? 'text/javascript' : 'text/html').end(isWorker ? worker : page);
    }).listen(0, '127.0.0.1');
    await once(before, 'listening');
    const { port } = before.address() as AddressInfo;
    await using context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(`http://127.0.0.1:${port}/`);
    await tab.waitForFunction(() => document.title === 'left');
    before.close();
    before.closeAllConnections();
    await using own = await startCore({ own: { ui: `127.0.0.1:${port}` } });
    await tab.goto(own.link('live'));
    await tab.getByRole('navigation', { name: 'Screens' }).waitFor();
  },
);
