// The whole shell under the fake Electron, with a real core in the place of its process: what a person sees and presses, and
// what the client gets. Long: every way through the shell, on one stage.

import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { connectChannel, portChannel } from '../../electron/bridge.ts';
import { serveMain } from '../../electron/core-side.ts';
import { runShell } from '../../electron/shell.ts';
import { noUpdates } from '../../electron/update.ts';
import { newestQuestionKeys } from '../../electron/shortcut.ts';
import { messagePortClient } from '../../src/contract/client.ts';
import type { ScrimClient } from '../../src/contract/contract.ts';
import { createCore, type Core } from '../../src/core.ts';
import { manualClock } from '../approvals/questions.ts';
import { chatCall } from '../support/dangerous.ts';
import { app, fake, ipcMain, makeReady, powerMonitor } from '../support/fake-electron.ts';
import type { BrowserWindow } from '../support/fake-electron-windows.ts';
import { startPlayback } from '../support/playback.ts';
import { makeSecret } from '../support/secrets.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freshElectron, turns } from './shell.ts';

freshElectron({ ready: false });

interface Options {
  readonly system?: NodeJS.Platform;
  readonly command?: string;
  readonly words?: readonly string[];
}

async function shell({ system = 'darwin', command = 'rm -rf /', words = [] }: Options = {}) {
  const playback = await startPlayback({ secret: makeSecret('aws-access-key-id', 'shell'), answer: chatCall(command) });
  const folder = temporaryFolder();
  const policy = join(folder.path, 'policy.yaml');
  const lines = [
    'version: 1',
    `providers: { local: "${playback.origin}" }`,
    'approval: { timeout: 60s }',
    'risk: [{ id: delete-everything, then: ask }]',
    '',
  ];
  writeFileSync(policy, lines.join('\n'));
  const flags = { listen: '127.0.0.1:0', ui: '127.0.0.1:0', dataDir: join(folder.path, 'data'), policy, keys: 'plain' };
  const cores: Core[] = [];
  const starting: Promise<Core>[] = [];
  fake.program = (child) => {
    if (!child.file.endsWith('core-process.js')) return;
    serveMain(child.parentPort, {
      env: {},
      exit: (code) => child.exit(code),
      async createCore(options, tell) {
        const made = createCore(options, tell);
        starting.push(made);
        const core = await made;
        cores.push(core);
        child.once('exit', () => void core.stop());
        return core;
      },
    });
  };
  const clock = manualClock(Date.now());
  const signals = new EventEmitter();
  const told: string[] = [];
  const running = runShell({
    system,
    env: { XDG_CONFIG_HOME: folder.path },
    words: [...words, `--scrim-flags=${JSON.stringify(flags)}`],
    command: ['/opt/Scrim/scrim-desktop'],
    clock,
    updates: noUpdates,
    signals,
    tell: (sentence) => told.push(sentence),
  });
  onTestFinished(async () => {
    signals.emit('SIGTERM');
    // The process of a core that was still starting hears of the end when it has.
    await turns(20);
    const started = await Promise.allSettled(starting);
    await Promise.all(started.flatMap((each) => (each.status === 'fulfilled' ? [each.value.stop()] : [])));
    await playback.close();
    folder.remove();
  });
  const runs = async (count = 1): Promise<void> => {
    await expect.poll(() => cores.length, { timeout: 15_000 }).toBe(count);
    await expect.poll(() => fake.trays[0]?.tip).toContain('Scrim is on');
  };
  return {
    running,
    runs,
    clock,
    told,
    signals,
    ready: async (): Promise<void> => {
      makeReady();
      await running;
    },
    up: async (): Promise<void> => {
      makeReady();
      await running;
      await runs();
    },
    /** A client asks the model, which wants something dangerous. */
    client: async (): Promise<string> => {
      const response = await fetch(`${cores.at(-1)?.ready.gateway}/local/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Clean up' }] }),
      });
      return response.text().catch(() => 'nothing: the test is over');
    },
    crash: (): void => fake.processes.find((each) => !each.isOver)?.exit(9),
  };
}

/** The page of a window asks for the core, as the preload does, and speaks the contract with it. */
function connected(window: BrowserWindow | undefined): ScrimClient {
  const page = window!.webContents;
  ipcMain.receive(connectChannel, { sender: page, senderFrame: page.mainFrame });
  const posted = page.mainFrame.posted.findLast(({ channel }) => channel === portChannel);
  return messagePortClient(posted!.ports[0] as never);
}

const labels = (): (string | undefined)[] => fake.trays[0]?.menu?.items.map(({ label }) => label) ?? [];
function click(label: string): void {
  const items = (fake.trays[0]?.menu?.items ?? []).flatMap((item) => [
    item,
    ...(Array.isArray(item.submenu) ? item.submenu : []),
  ]);
  items.find((item) => item.label === label)?.click?.({ checked: true } as never, undefined, {});
}

test('makes nothing before Electron is ready, and says what must be said by then', async () => {
  const { ready } = await shell();
  await turns();
  expect([fake.windows, fake.trays, fake.processes, fake.notifications]).toEqual([[], [], [], []]);
  expect([fake.isSandboxed, fake.schemes.length, fake.paths['userData']?.endsWith('/data/window')]).toEqual([
    true,
    1,
    true,
  ]);
  await ready();
  expect([fake.windows.length, fake.trays.length, fake.processes.length]).toEqual([1, 1, 1]);
  expect(fake.sessions.get('persist:window')?.proxy).toEqual({ mode: 'direct' });
});

test('a second instance does nothing but leave', async () => {
  fake.hasLock = false;
  const { running, told } = await shell();
  makeReady();
  await running;
  expect([fake.exitCode, fake.processes.length, fake.trays.length]).toEqual([0, 0, 0]);
  expect(told).toEqual(['Scrim runs already: its window was asked to show itself.']);
});

test('words that nobody of ours passes stop the start', async () => {
  await expect(
    runShell({ words: ['--scrim-flags={"evil":1}'] } as unknown as Parameters<typeof runShell>[0]),
  ).rejects.toThrow('scrim start');
});

test('the window speaks with the core over its port', async () => {
  const { up } = await shell();
  await up();
  expect(await connected(fake.windows[0]).status.get()).toMatchObject({ mode: 'enforce', state: 'on' });
});

test('what the window says must be of the contract: the core refuses anything else', async () => {
  const { up } = await shell();
  await up();
  const { approvals, status } = connected(fake.windows[0]);
  const bad = { verdict: 'maybe', scope: { kind: 'once' }, note: '', id: 'q-1' };
  await expect(approvals.answer(bad as never)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(status.pause({ minutes: 1e9 })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect((status as unknown as { eval: (code: string) => Promise<unknown> }).eval('1')).rejects.toThrow();
  expect((await status.get()).state).toBe('on');
});

test('started with the session: in the tray, without a window', async () => {
  const { up } = await shell({ words: ['--hidden'] });
  await up();
  expect(fake.windows).toEqual([]);
  click('Open Scrim');
  expect(fake.windows).toHaveLength(1);
});

describe('links', () => {
  test('the one it was started with, one of a second start, one of macOS', async () => {
    const { up } = await shell({ words: ['scrim://open/keys'] });
    await up();
    expect(fake.windows[0]?.loaded).toEqual(['app://scrim/index.html#/keys']);
    app.emit('second-instance', {}, ['/opt/Scrim/scrim-desktop', 'scrim://open/policy'], '/');
    expect(fake.windows[0]?.loaded.at(-1)).toBe('app://scrim/index.html#/policy');
    app.emit('open-url', { preventDefault: () => undefined }, 'scrim://open/live');
    expect(fake.windows[0]?.loaded.at(-1)).toBe('app://scrim/index.html#/live');
  });

  test('one that is not ours only shows the window as it is', async () => {
    const { up } = await shell();
    await up();
    app.emit('second-instance', {}, ['scrim://answer/q-1?verdict=allow'], '/');
    expect([fake.windows[0]?.loaded.length, fake.windows[0]?.isFocusedNow]).toEqual([1, true]);
  });
});

describe('a held output', () => {
  test('critical: Deny in the notification; the client gets the refusal', async () => {
    const { up, client } = await shell();
    await up();
    const answer = client();
    await expect.poll(() => fake.notifications.length).toBe(1);
    expect(fake.notifications[0]?.options.actions?.map(({ text }) => text)).toEqual(['Deny', 'Review…']);
    expect(fake.trays[0]?.tip).toContain('1 output waits for you');
    // Its own window stands there, too, in front and without the focus.
    expect(fake.windows[1]?.loaded[0]).toMatch(/#\/approval\/./);
    fake.notifications[0]?.emit('action', { actionIndex: 0 });
    expect(await answer).toContain('[Scrim]');
    await expect.poll(() => fake.windows[1]?.isDestroyed()).toBe(true);
    await expect.poll(() => fake.trays[0]?.tip).toBe('Scrim is on');
  });

  test('allowed in the window of its own: the client gets the call, and the notification goes', async () => {
    const { up, client } = await shell();
    await up();
    const answer = client();
    await expect.poll(() => fake.windows.length).toBe(2);
    const page = connected(fake.windows[1]);
    const [question] = (await page.approvals.list()).questions;
    await page.approvals.answer({ id: question!.id, verdict: 'allow', scope: { kind: 'once' }, note: '' });
    expect(await answer).toContain('rm -rf /');
    await expect.poll(() => fake.notifications[0]?.isClosed).toBe(true);
  });

  test('not critical: Allow in the notification, for this once', async () => {
    const { up, client } = await shell({ command: 'git push --force origin main' });
    await up();
    const answer = client();
    await expect.poll(() => fake.notifications.length).toBe(1);
    expect(fake.notifications[0]?.options.actions?.map(({ text }) => text)).toEqual(['Deny', 'Allow once']);
    fake.notifications[0]?.emit('action', { actionIndex: 1 });
    expect(await answer).toContain('git push --force origin main');
    expect((await connected(fake.windows[0]).approvals.grants()).grants).toEqual([]);
  });

  test('the shortcut brings the newest to the front', async () => {
    const { up, client } = await shell({ command: 'git push --force origin main' });
    await up();
    fake.shortcuts.get(newestQuestionKeys)?.();
    expect(fake.windows[0]?.loaded.at(-1)).toMatch(/#\/approvals$/);
    void client();
    await expect.poll(() => labels().some((label) => label?.includes('git push'))).toBe(true);
    fake.shortcuts.get(newestQuestionKeys)?.();
    fake.windows[1]?.emit('ready-to-show');
    expect(fake.windows[1]?.isFocusedNow).toBe(true);
  });

  test('the machine slept past the deadline: nothing old stays on the screen', async () => {
    const { up, client, clock } = await shell({ command: 'git push --force origin main' });
    await up();
    void client();
    await expect.poll(() => fake.notifications.length).toBe(1);
    clock.advance(120_000);
    powerMonitor.emit('resume');
    expect(fake.notifications.map(({ isClosed }) => isClosed)).toEqual([true]);
  });
});

describe('the tray', () => {
  test('pauses, and resumes', async () => {
    const { up } = await shell();
    await up();
    click('For 15 minutes');
    await expect.poll(() => fake.trays[0]?.tip).toMatch(/^Scrim: Paused until/);
    expect(fake.dialogs).toEqual([]);
    click('Resume');
    await expect.poll(() => fake.trays[0]?.tip).toBe('Scrim is on');
  });

  test('Linux: asks first, since any process can press the menu; and the default is no', async () => {
    const { up } = await shell({ system: 'linux' });
    await up();
    click('For 15 minutes');
    await expect.poll(() => fake.dialogs.length).toBe(1);
    expect(fake.dialogs[0]?.options).toMatchObject({ buttons: ['Cancel', 'Pause'], defaultId: 0, cancelId: 0 });
    await turns(20);
    expect(fake.trays[0]?.tip).toBe('Scrim is on');
    fake.dialogAnswer = 1;
    click('For 15 minutes');
    await expect.poll(() => fake.trays[0]?.tip).toMatch(/Paused/);
  });

  test('starts with the session when told, and shows that it does', async () => {
    const { up } = await shell({ system: 'win32' });
    await up();
    click('Start at login');
    await expect.poll(() => fake.trays[0]?.menu?.items.find(({ type }) => type === 'checkbox')?.checked).toBe(true);
    expect(fake.loginItem?.openAtLogin).toBe(true);
  });

  test('and so does the window, in its settings', async () => {
    const { up } = await shell({ system: 'linux' });
    await up();
    const { settings } = connected(fake.windows[0]);
    expect(await settings.autostart({ on: true })).toEqual({ isOffered: true, isOn: true });
    expect(fake.trays[0]?.menu?.items.find(({ type }) => type === 'checkbox')?.checked).toBe(true);
    expect((await settings.get()).autostart).toEqual({ isOffered: true, isOn: true });
  });

  test('says when another program holds the shortcut', async () => {
    fake.takenShortcuts.add(newestQuestionKeys);
    const { up } = await shell();
    await up();
    expect(labels()).toContain(`${newestQuestionKeys} belongs to another program`);
  });
});

describe('the core ends', () => {
  test('crashed: the tray says so, it starts again, and a page that waits gets a port to the new one', async () => {
    const { up, runs, clock, crash } = await shell();
    await up();
    connected(fake.windows[0]);
    crash();
    expect(fake.trays[0]?.tip).toMatch(/ended and starts again in 1 s/);
    const page = fake.windows[0]!.webContents;
    ipcMain.receive(connectChannel, { sender: page, senderFrame: page.mainFrame });
    expect(page.mainFrame.posted).toHaveLength(1);
    clock.advance(1_000);
    await runs(2);
    await expect.poll(() => page.mainFrame.posted.length).toBe(2);
    expect(await messagePortClient(page.mainFrame.posted[1]!.ports[0] as never).status.get()).toMatchObject({
      state: 'on',
    });
  });

  test('stopped by the window or "scrim stop": off, until it is started again', async () => {
    const { up, runs } = await shell();
    await up();
    await connected(fake.windows[0]).status.stop();
    await expect.poll(() => fake.trays[0]?.tip).toMatch(/Scrim is off/);
    click('Start now');
    await runs(2);
  });
});

describe('the end', () => {
  test('a signal: the core stops in order, nothing stays', async () => {
    const { up, signals } = await shell();
    await up();
    signals.emit('SIGTERM');
    await expect.poll(() => fake.exitCode).toBe(0);
    expect(fake.processes.every(({ isOver, killed }) => isOver && killed === 0)).toBe(true);
    expect([fake.trays[0]?.isGone, fake.shortcuts.size, fake.windows.every((each) => each.isDestroyed())]).toEqual([
      true,
      0,
      true,
    ]);
  });

  test('the machine shuts down: nobody is asked', async () => {
    const { up } = await shell();
    await up();
    powerMonitor.emit('shutdown');
    await expect.poll(() => fake.exitCode).toBe(0);
    expect(fake.dialogs).toEqual([]);
  });
});
