import { describe, expect, test } from 'vitest';
import { createApprovalWindow, inputPause } from '../../electron/approval-window.ts';
import { createMainWindow } from '../../electron/window.ts';
import { manualClock } from '../approvals/questions.ts';
import { fake, resetFake, session } from '../support/fake-electron.ts';
import { freshElectron } from './shell.ts';

freshElectron({ ready: true });

const own = () => session.fromPartition('persist:window') as never;
const [main, approval] = [() => createMainWindow(own()), (clock = manualClock()) => createApprovalWindow(own(), clock)];

test('no window before the app is ready', () => {
  const made = main();
  resetFake();
  expect(() => made.show()).toThrow(/before app is ready/);
});

test('both windows: sandboxed, isolated, without Node, in our session, with our preload only', () => {
  main().show();
  approval().show('q-1', false);
  for (const { options } of fake.windows) {
    expect(options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    });
    expect(options.webPreferences?.session).toBe(own());
    expect(options.webPreferences?.preload).toMatch(/preload\.cjs$/);
  }
});

test('tools for developers only where the app is not packaged', () => {
  fake.isPackaged = true;
  main().show();
  expect(fake.windows[0]?.options.webPreferences?.devTools).toBe(false);
});

describe('the main window', () => {
  test('appears when its page has drawn, on a dark ground', () => {
    main().show();
    const [window] = fake.windows;
    expect(window?.options).toMatchObject({ show: false, backgroundColor: expect.stringMatching(/^#0/) as string });
    expect(window?.isShown).toBe(false);
    window?.emit('ready-to-show');
    expect(window?.isShown).toBe(true);
  });

  test('closing hides it, showing brings back the same one; once let go it ends', () => {
    const made = main();
    made.show();
    const [window] = fake.windows;
    window?.emit('ready-to-show');
    window?.close();
    expect([window?.isShown, window?.isDestroyed()]).toEqual([false, false]);
    made.show('approvals');
    expect([window?.isShown, window?.loaded.at(-1), fake.windows.length]).toEqual([
      true,
      'app://scrim/index.html#/approvals',
      1,
    ]);
    made.letGo();
    window?.close();
    expect(window?.isDestroyed()).toBe(true);
  });

  test('a page that died is made anew', () => {
    const made = main();
    made.show();
    fake.windows[0]?.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    made.show();
    expect(fake.windows).toHaveLength(2);
  });
});

describe('the approval window', () => {
  test('stays on top, shows the question, and does not take the focus from what the person does', () => {
    approval().show('q/1', false);
    const [window] = fake.windows;
    window?.emit('ready-to-show');
    expect(window).toMatchObject({ isShown: true, isFocusedNow: false, onTop: 'pop-up-menu' });
    expect(window?.loaded).toEqual(['app://scrim/index.html#/approval/q%2F1']);
  });

  test('takes the focus when the person asked for it', () => {
    approval().show('q-1', true);
    fake.windows[0]?.emit('ready-to-show');
    expect(fake.windows[0]?.isFocusedNow).toBe(true);
  });

  test.each(['before-input-event', 'before-mouse-event'])(
    '%s: swallowed right after it appeared, got the focus, or changed its question',
    (event) => {
      const clock = manualClock();
      const made = approval(clock);
      made.show('q-1', false);
      const page = fake.windows[0]?.webContents;
      fake.windows[0]?.emit('ready-to-show');
      expect(page?.stops(event)).toBe(true);
      clock.advance(inputPause - 1);
      expect(page?.stops(event)).toBe(true);
      clock.advance(1);
      expect(page?.stops(event)).toBe(false);
      fake.windows[0]?.focus();
      expect(page?.stops(event)).toBe(true);
      clock.advance(inputPause);
      made.update(['q-2']);
      expect(page?.stops(event)).toBe(true);
      clock.advance(inputPause);
      expect(page?.stops(event)).toBe(false);
    },
  );

  test('a question that is over gives way to the next one; after the last the window goes', () => {
    const made = approval();
    made.show('q-1', false);
    const [window] = fake.windows;
    made.update(['q-1', 'q-2']);
    expect(window?.loaded).toHaveLength(1);
    made.update(['q-2']);
    expect(window?.loaded.at(-1)).toMatch(/q-2$/);
    made.update([]);
    expect(window?.isDestroyed()).toBe(true);
  });

  test('what the person reads is not taken away by the next question, unless they ask for it', () => {
    const made = approval();
    made.show('q-1', false);
    made.show('q-2', false);
    expect(fake.windows[0]?.loaded.at(-1)).toMatch(/q-1$/);
    made.show('q-2', true);
    expect(fake.windows[0]?.loaded.at(-1)).toMatch(/q-2$/);
  });

  test('closed by the person: it stays closed until there is something new to show', () => {
    const made = approval();
    made.show('q-1', false);
    fake.windows[0]?.close();
    made.update(['q-1']);
    expect(fake.windows).toHaveLength(1);
    made.show('q-2', false);
    expect(fake.windows).toHaveLength(2);
  });

  test('closed before its page had drawn: it does not come back by itself', () => {
    const made = approval();
    made.show('q-1', true);
    made.close();
    fake.windows[0]?.emit('ready-to-show');
    expect(fake.windows[0]?.isShown).toBe(false);
  });
});
