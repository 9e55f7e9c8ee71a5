// The real Electron, driven by Playwright: what the fake cannot show. Runs where Electron can be had
// (ELECTRON_OVERRIDE_DIST_PATH, or node_modules/electron/dist after `npx install-electron`), on a display; elsewhere it says
// why not. Playwright needs an Electron whose fuses still allow inspection: that of development.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { findDesktopApp } from '../../src/cli/desktop-app.ts';
import { chatCall } from '../support/dangerous.ts';
import { openTunnel, secure } from '../support/http-client.ts';
import { startPlayback } from '../support/playback.ts';
import { runScrim } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const app = findDesktopApp({
  platform: process.platform,
  env: process.env,
  folder: fileURLToPath(new URL('../../src/cli', import.meta.url)),
});
// SCRIM_SMOKE=required: where Electron must be there, its absence is a failure.
if ('why' in app) {
  say(`Not run: ${app.why}.`);
  process.exitCode = process.env['SCRIM_SMOKE'] === 'required' ? 1 : 0;
} else {
  await smoke(app.command);
}

async function smoke([executablePath, ...bundle]: readonly [string, ...string[]]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'scrim-smoke-'));
  const secret = makeSecret('aws-access-key-id', 'smoke');
  const playback = await startPlayback({ secret, answer: chatCall('git push --force origin main') });
  const policy = join(folder, 'policy.yaml');
  await writeFile(policy, `version: 1\nproviders: { local: "${playback.origin}" }\napproval: { timeout: 60s }\n`);
  const flags = { listen: '127.0.0.1:18877', ui: '127.0.0.1:0', dataDir: join(folder, 'data'), policy, keys: 'plain' };
  const electron = await _electron.launch({
    executablePath,
    args: [
      ...bundle,
      `--scrim-flags=${JSON.stringify(flags)}`,
      // Chromium refuses its sandbox to root; what is asserted below is then only what the app asked for.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
    // A home without clients that are set up: quitting asks nothing.
    env: { ...definedEnvironment(), HOME: folder, XDG_CONFIG_HOME: join(folder, 'config') },
  });
  try {
    const window = await electron.firstWindow();
    await window.getByRole('navigation', { name: 'Screens' }).waitFor();
    say('ok  the window speaks with the core');
    await checkIsolation(electron, window);
    await checkNavigation(electron, window);
    await checkInterception(flags.listen, flags.dataDir);
    await checkApproval(electron, window, flags.listen);
    await checkRestart(electron, window);
  } finally {
    const closed = electron.waitForEvent('close');
    // The person presses Quit in the dialog, where the system has it asked.
    await electron
      .evaluate(({ app: running, dialog }) => {
        dialog.showMessageBox = () => Promise.resolve({ response: 0, checkboxChecked: false });
        running.quit();
      })
      .catch(() => undefined);
    await closed;
    await playback.close();
    await rm(folder, { recursive: true, force: true });
  }
  say('ok  quits in order');
}

/** The settings as they are in force, since they rot silently. */
async function checkIsolation(electron: ElectronApplication, window: Page): Promise<void> {
  const globals = await window.evaluate(`({
    node: [typeof require, typeof process, typeof module, typeof Buffer],
    bridge: Object.keys(window.scrim),
    origin: location.origin,
  })`);
  assert.deepEqual(globals, {
    node: ['undefined', 'undefined', 'undefined', 'undefined'],
    bridge: ['connect'],
    origin: 'app://scrim',
  });
  const preferences = await electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
      getLastWebPreferences(): Record<string, unknown>;
    };
    const { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity } = contents.getLastWebPreferences();
    return { sandbox, contextIsolation, nodeIntegration, webviewTag, webSecurity };
  });
  assert.deepEqual(preferences, {
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    webSecurity: true,
  });
  const reach = (address: string): Promise<unknown> =>
    window.evaluate(`fetch(${JSON.stringify(address)}).then(() => 'reached', () => 'refused')`);
  assert.equal(await reach('https://example.com/'), 'refused');
  assert.equal(await reach('app://scrim/index.html'), 'refused');
  assert.equal(await window.evaluate(`Notification.requestPermission()`), 'denied');
  say('ok  the window is sandboxed, has no Node, connects nowhere, may do nothing');
}

async function checkNavigation(electron: ElectronApplication, window: Page): Promise<void> {
  const before = window.url();
  await window.evaluate(`location.href = 'https://example.com/'`);
  await window.evaluate(`window.open('https://example.com/')`);
  await window.evaluate(`location.hash`);
  assert.equal(window.url(), before);
  assert.equal(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length), 1);
  say('ok  it stays on its own pages');
}

/** Electron's TLS is BoringSSL, not the OpenSSL of Node: our certificates must be made and served there, too. */
async function checkInterception(proxy: string, dataDir: string): Promise<void> {
  const { out } = await runScrim(['--data-dir', dataDir, 'ca', 'path']);
  const ca = await readFile(out.trim(), 'utf8');
  const socket = await secure(await openTunnel(`http://${proxy}`, 'api.openai.com:443'), 'api.openai.com', ca, ['h2']);
  assert.deepEqual([socket.authorized, socket.alpnProtocol], [true, 'h2']);
  socket.destroy();
  say('ok  it opens the TLS of a model host with a certificate of its own');
}

/**
 * A held output is denied by a person. On Linux without a notification service it comes up in a window of its own; elsewhere
 * the system's notification takes that place, which cannot be pressed from here: then in the main window.
 */
async function checkApproval(electron: ElectronApplication, main: Page, proxy: string): Promise<void> {
  const shown = process.platform === 'linux' ? electron.waitForEvent('window') : undefined;
  const answer = fetch(`http://${proxy}/local/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Push it' }] }),
  }).then((response) => response.text());
  if (shown === undefined) await main.evaluate(`location.hash = '#/approvals'`);
  const page = (await shown) ?? main;
  const deny = page.getByRole('button', { name: /deny/i }).first();
  await deny.waitFor();
  // A window that has just come up takes no click.
  await delay(1_500);
  await deny.click();
  assert.match(await answer, /\[Scrim\]/);
  say('ok  a held output is denied');
}

/** The core's process is killed: another one takes its place, and the window speaks with that one. */
async function checkRestart(electron: ElectronApplication, window: Page): Promise<void> {
  const corePid = (): Promise<number | undefined> =>
    electron.evaluate(({ app: running }) => running.getAppMetrics().find(({ name }) => name === 'Scrim core')?.pid);
  const before = await corePid();
  assert.ok(before !== undefined, 'The core has a process of its own.');
  process.kill(before, 'SIGKILL');
  for (let tries = 0; ; tries++) {
    const now = await corePid();
    if (now !== undefined && now !== before) break;
    assert.ok(tries < 100, 'The core starts again within ten seconds.');
    await delay(100);
  }
  await window.getByRole('navigation', { name: 'Screens' }).waitFor();
  say('ok  a core that was killed is started again');
}

function delay(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function definedEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
