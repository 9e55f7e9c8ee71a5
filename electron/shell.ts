// The life of the app as a list of calls, from the first line that must run before Electron is ready to the last at its end.

import type { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { app, dialog, globalShortcut, Menu, powerMonitor, session } from 'electron';
import { dataFolderOf } from '../src/core/data-folder.ts';
import { createApprovalWindow } from './approval-window.ts';
import { createAutostart, type Autostart } from './autostart.ts';
import { openBridge } from './bridge.ts';
import type { Clock } from './clock.ts';
import { linkCore } from './core-link.ts';
import { registerLinks, screenAmong, screenOf } from './deep-link.ts';
import { guardPages, guardSession, guardStart } from './guards.ts';
import { confirmPause } from './pause.ts';
import { rendererFolder } from './places.ts';
import { platformOf } from './platform.ts';
import { registerScheme, serveFiles } from './protocol.ts';
import { createQuestionDesk } from './question-desk.ts';
import { arrangeQuit } from './quit.ts';
import { setUpClients } from './set-up-clients.ts';
import { newestQuestionKeys, registerShortcut } from './shortcut.ts';
import { readStartWords } from './start-words.ts';
import { createTray } from './tray.ts';
import type { Updates } from './update.ts';
import { createMainWindow } from './window.ts';

export interface ShellOptions {
  readonly system: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Without the program's name. */
  readonly words: readonly string[];
  /** What starts the app again: the program, and the app's folder where it is not packaged. */
  readonly command: readonly string[];
  readonly clock: Clock;
  readonly updates: Updates;
  /** Where the system's signals arrive: the process. */
  readonly signals: Pick<EventEmitter, 'once'>;
  /** For people who read the app's output. */
  readonly tell: (sentence: string) => void;
}

/** Resolves when everything stands. Rejects with one sentence where the app must not start. */
export async function runShell(options: ShellOptions): Promise<void> {
  const { system, env, words, command, clock, updates, signals, tell } = options;
  const { flags, isHidden, screen } = readStartWords(words);
  guardStart();
  registerScheme();
  guardPages();
  const dataFolder = dataFolderOf(flags.dataDir, env);
  // Chromium's own files beside ours: a second data folder is a second app, and no policy file lies among caches.
  app.setPath('userData', join(dataFolder, 'window'));
  if (!app.requestSingleInstanceLock()) {
    tell('Scrim runs already: its window was asked to show itself.');
    app.exit(0);
    return;
  }
  app.setAppUserModelId('dev.scrim.desktop');
  let linkedTo: string | undefined = screen;
  let openLink = (route: string | undefined): void => void (linkedTo = route);
  app.on('open-url', (event, link) => {
    event.preventDefault();
    openLink(screenOf(link));
  });
  app.on('second-instance', (_event, given) => openLink(screenAmong(given)));
  app.on('activate', () => openLink(undefined));
  // The tray goes on.
  app.on('window-all-closed', () => undefined);

  await app.whenReady();
  const platform = platformOf(system, env);
  if (platform.hidesFromDock) app.dock?.hide();
  else Menu.setApplicationMenu(null);
  platform.clear();
  registerLinks();
  const own = session.fromPartition('persist:window', { cache: false });
  await guardSession(own);
  serveFiles(own, rendererFolder);
  const main = createMainWindow(own);
  const approval = createApprovalWindow(own, clock);

  const switches = createAutostart({ platform: system, env, command });
  let startsAtLogin = await switches.isOn();
  const autostart: Autostart = {
    isOn: switches.isOn,
    async set(on) {
      await switches.set(on);
      startsAtLogin = await switches.isOn();
      draw();
    },
  };
  const core = linkCore({ clock, flags, autostart, changed: () => draw(), runs: () => bridge.reconnect() });
  const bridge = openBridge({
    isOurs: (contents) => contents === main.contents() || contents === approval.contents(),
    connect: core.connectWindow,
    report: tell,
  });
  const desk = createQuestionDesk({
    notifier: platform.notifier,
    clock,
    review: approval.show,
    answer: (id, verdict) =>
      core.ask(
        (client) => client.approvals.answer({ id, verdict, scope: { kind: 'once' }, note: '' }),
        // An answer that does not arrive is none: the window shows the question while it lasts.
        () => approval.show(id, false),
      ),
  });
  const hasShortcut = registerShortcut(() => {
    const newest = core.state().questions.at(-1);
    if (newest === undefined) main.show('approvals');
    else approval.show(newest.id, true);
  });
  const notices = hasShortcut ? [] : [`${newestQuestionKeys} belongs to another program`];
  const tray = createTray(platform.tray, {
    open: main.show,
    review: (id) => approval.show(id, true),
    start: core.start,
    resume: () => core.ask((client) => client.status.resume(), main.show),
    async pause(minutes) {
      if (platform.isMenuPublic && !(await confirmPause(minutes))) return;
      core.ask((client) => client.status.pause({ minutes }), main.show);
    },
    async setAutostart(on) {
      await autostart
        .set(on)
        .catch((error: unknown) => dialog.showErrorBox('Start at login', (error as Error).message));
    },
    quit: () => app.quit(),
  });
  function draw(): void {
    const state = core.state();
    tray.update(state, { autostart: startsAtLogin, notices });
    desk.update(state.questions);
    approval.update(state.questions.map(({ id }) => id));
  }
  const quit = arrangeQuit({
    clients: setUpClients(core.client),
    asksAlways: platform.isMenuPublic,
    async end() {
      desk.close();
      approval.close();
      bridge.close();
      globalShortcut.unregisterAll();
      main.letGo();
      await core.stop();
      tray.close();
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) signals.once(signal, quit.withoutAsking);
  powerMonitor.on('shutdown', quit.withoutAsking);
  // What was on the screen when the machine fell asleep may be over.
  powerMonitor.on('resume', desk.refresh);
  openLink = main.show;
  core.start();
  if (!isHidden || linkedTo !== undefined) main.show(linkedTo);
  const update = await updates.check();
  if (update.kind !== 'newer') return;
  notices.push(`Version ${update.version} is there`);
  draw();
}
