// `scrim serve` on a desktop: its icon in a real panel, pressed by a person with the mouse, and by the assistant without.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { iconColors } from '../../src/tray/icon.ts';
import type { TrayCondition } from '../../src/tray/tray-state.ts';
import { chatCall } from '../support/dangerous.ts';
import { startBus, type TestBus } from '../support/desktop-bus.ts';
import { startDisplay, type TestDisplay } from '../support/desktop-display.ts';
import { missingPanel, startPanelSettings, WATCHER, type PanelSettings } from '../support/desktop-panel.ts';
import { startPlayback, type Playback } from '../support/playback.ts';
import { missingProgram } from '../support/programs.ts';
import { cleanEnvironment, startScrim, type ScrimProcess } from '../support/scrim.ts';
import { makeSecret } from '../support/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const missing = missingPanel ?? missingProgram('dbus-daemon', '--version') ?? missingProgram('gdbus', 'help');
const seen = { timeout: 15_000, interval: 100 };
const middle = [1007, 16] as const;

describe.skipIf(missing !== undefined)('the tray of scrim serve', () => {
  let bus: TestBus;
  let display: TestDisplay;
  let desktop: PanelSettings;
  let playback: Playback;
  let scrim: ScrimProcess;
  let folder: ReturnType<typeof temporaryFolder>;
  let assistant: ReturnType<typeof spawn> | undefined;

  beforeEach(async () => {
    folder = temporaryFolder();
    [bus, display] = await Promise.all([startBus(), startDisplay()]);
    desktop = await startPanelSettings(bus, display);
    await desktop.start();
    const secret = makeSecret('aws-access-key-id', 'tray');
    playback = await startPlayback({ secret, answer: chatCall('rm -rf /srv/precious') });
    const opener = join(folder.path, 'xdg-open');
    // Moved into its place, so that a reader finds all of it.
    writeFileSync(opener, `#!/bin/sh\necho "$1" >"$0.new" && mv "$0.new" '${folder.path}/opened'\n`);
    chmodSync(opener, 0o755);
    scrim = await startScrim({
      policy: `version: 1\nproviders: { local: "${playback.origin}" }\napproval: { timeout: 60s }\n`,
      env: { DBUS_SESSION_BUS_ADDRESS: bus.address, PATH: `${folder.path}:${process.env['PATH'] ?? ''}` },
    });
  });
  afterEach(async () => {
    if (assistant !== undefined && assistant.exitCode === null && assistant.signalCode === null) {
      assistant.kill('SIGKILL');
      await once(assistant, 'exit');
    }
    await scrim.stop();
    await playback.close();
    await desktop.stop();
    await Promise.all([bus.stop(), display.stop()]);
    folder.remove();
  });

  async function sees(state: TrayCondition): Promise<void> {
    await vi.waitFor(async () => {
      const pixels = await display.pixels(988, 0, 32, 32);
      let count = 0;
      for (let at = 0; at < pixels.length; at += 3)
        if (iconColors[state].every((part, index) => Math.abs(part - (pixels[at + index] ?? 0)) < 24)) count++;
      expect(count).toBeGreaterThan(60);
    }, seen);
  }
  /** The address that a browser was given. */
  async function opened(): Promise<string> {
    const read = (): string | undefined => {
      try {
        return readFileSync(join(folder.path, 'opened'), 'utf8').trim();
      } catch {
        return undefined;
      }
    };
    const watching = watch(folder.path);
    try {
      for (;;) {
        const address = read();
        if (address !== undefined) return address;
        await once(watching, 'change', { signal: AbortSignal.timeout(15_000) });
      }
    } finally {
      watching.close();
    }
  }
  /** A client that sends a request, and then runs the lines that it is given; what they said. */
  async function ask(): Promise<(line: string) => Promise<string>> {
    const client = spawn(process.execPath, ['-e', client_], {
      env: cleanEnvironment({
        URL: `${scrim.gateway}/local/v1/chat/completions`,
        BODY: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Clean up' }] }),
        DBUS_SESSION_BUS_ADDRESS: bus.address,
      }),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    assistant = client;
    await scrim.nextEvent('question');
    const lines = createInterface({ input: client.stdout });
    return async (line) => {
      const said = once(lines, 'line') as Promise<[string]>;
      client.stdin.write(`${line}\n`);
      return JSON.parse((await said)[0]) as string;
    };
  }
  async function itemName(): Promise<string> {
    const properties = ['--object-path', '/StatusNotifierWatcher', '--method', 'org.freedesktop.DBus.Properties.Get'];
    const items = await bus.gdbus(
      ...['call', '--session', '--dest', WATCHER, ...properties],
      ...[WATCHER, 'RegisteredStatusNotifierItems'],
    );
    return /:\d+\.\d+/.exec(items)?.[0] ?? '';
  }

  test('a held output is seen, and a click opens it in a browser', async () => {
    await sees('on');
    await ask();
    await sees('asking');
    await display.press(...middle, 1);
    const address = await opened();
    expect(address).toMatch(/^http:\/\/127[\d.]+:\d+\/#\/approvals\?code=/);
    expect(new URL(address).port).toBe(new URL(scrim.ui).port);
    // The code is for the browser alone.
    expect(JSON.stringify(scrim.events) + scrim.said).not.toContain(address.split('code=')[1]);
  });

  test('a person stops it with the mouse', async () => {
    await sees('on');
    await display.press(...middle, 3);
    const exit = once(scrim.process, 'exit');
    await vi.waitFor(async () => expect((await display.pixels(1000, 60, 1, 1)).readUIntBE(0, 3)).not.toBe(0), seen);
    // Around the end, from below, skipping nothing: the last entry.
    await display.type('Up', 'Return');
    expect(await exit).toEqual([0, null]);
  });

  test('the assistant presses nothing: neither the icon nor an entry', async () => {
    await sees('on');
    const run = await ask();
    await sees('asking');
    const name = await itemName();
    const call = `gdbus call --session --dest ${name} --object-path`;
    expect(await run(`${call} /StatusNotifierItem --method org.kde.StatusNotifierItem.Activate 0 0`)).toContain(
      'AccessDenied',
    );
    // 7 opens the window, 8 stops Scrim, 12 would pause.
    for (const entry of [7, 8, 12])
      expect(await run(`${call} /MenuBar --method com.canonical.dbusmenu.Event ${entry} clicked "<''>" 0`)).toContain(
        'AccessDenied',
      );
    // Not even with its parents gone: it carries the mark of what scrim run started.
    const child = spawn('sh', ['-c', `${call} /MenuBar --method com.canonical.dbusmenu.Event 8 clicked "<''>" 0`], {
      env: cleanEnvironment({ DBUS_SESSION_BUS_ADDRESS: bus.address, SCRIM_GUARDED: '1' }),
      stdio: 'ignore',
    });
    expect((await once(child, 'exit'))[0]).not.toBe(0);
    const status = await scrim.command('status', '--json');
    expect(JSON.parse(status.out)).toMatchObject({ state: 'asking', questions: 1, pausedUntil: null });
    expect(() => readFileSync(join(folder.path, 'opened'))).toThrow();
  });
});

const client_ = `
  const { spawnSync } = require('node:child_process');
  fetch(process.env.URL, { method: 'POST', body: process.env.BODY, headers: { 'content-type': 'application/json' } });
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { stdout, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
    console.log(JSON.stringify(stdout + stderr));
  });
`;
