import { describe, expect, test } from 'vitest';
import { guardPages, guardSession, guardStart } from '../../electron/guards.ts';
import { isOwnAddress } from '../../electron/own-address.ts';
import { BrowserWindow, fake, makeReady, session } from '../support/fake-electron.ts';
import { freshElectron } from './shell.ts';

freshElectron({ ready: false });

const foreign = [
  'https://example.com/',
  'http://127.0.0.1:8878/',
  'file:///etc/passwd',
  'app://scrim.example/index.html',
  'app://scrim:1/index.html',
  'app://x@scrim/index.html',
  'app:scrim/index.html',
  'apps://scrim/index.html',
  'javascript:alert(1)',
  'about:blank',
  'data:text/html,x',
  'app://',
  '',
];

test('our own pages are told from all others', () => {
  expect(foreign.filter(isOwnAddress)).toEqual([]);
  expect(isOwnAddress('app://scrim/index.html#/approvals/q-1')).toBe(true);
});

describe('at the start', () => {
  test('every page is sandboxed, and that before the app is ready', () => {
    guardStart();
    expect(fake.isSandboxed).toBe(true);
    makeReady();
    expect(guardStart).toThrow(/before app is ready/);
  });

  test.each(['remote-debugging-port', 'remote-debugging-pipe', 'inspect', 'load-extension', 'js-flags'])(
    'a packaged app does not start with --%s, a build for development does',
    (name) => {
      fake.switches.add(name);
      expect(guardStart).not.toThrow();
      fake.isPackaged = true;
      expect(guardStart).toThrow(`Start Scrim without --${name}`);
    },
  );
});

describe('a page', () => {
  function page() {
    guardPages();
    makeReady();
    return new BrowserWindow().webContents;
  }

  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect'])('%s: stays on our own pages', (event) => {
    const contents = page();
    expect(foreign.filter((url) => !contents.stops(event, { url }))).toEqual([]);
    expect(contents.stops(event, { url: 'app://scrim/index.html' })).toBe(false);
  });

  test('opens no window, and in the browser only what is in the list', () => {
    const contents = page();
    const addresses = [
      ...foreign,
      'https://platform.openai.com/api-keys?next=https://evil.example',
      'https://platform.openai.com/api-keys#x',
      'https://platform.openai.com.evil.example/api-keys',
      'https://platform.openai.com/api-keys',
      'app://scrim/index.html',
    ];
    expect(addresses.map((url) => contents.windowOpen?.({ url }).action)).toEqual(addresses.map(() => 'deny'));
    expect(fake.opened).toEqual(['https://platform.openai.com/api-keys']);
  });

  test('attaches no webview', () => {
    expect(page().stops('will-attach-webview')).toBe(true);
  });
});

describe('the session', () => {
  async function guarded() {
    makeReady();
    const made = session.fromPartition('x');
    await guardSession(made as never);
    return made;
  }

  test('goes through no proxy, ours included', async () => {
    expect((await guarded()).proxy).toEqual({ mode: 'direct' });
  });

  test('loads nothing from a network; the tools only in development', async () => {
    const made = await guarded();
    expect(foreign.filter((url) => made.passes(url))).toEqual(['data:text/html,x']);
    expect(made.passes('app://scrim/assets/a.js')).toBe(true);
    expect(made.passes('devtools://devtools/x')).toBe(true);
    fake.isPackaged = true;
    expect(made.passes('devtools://devtools/x')).toBe(false);
  });

  test.each([
    'notifications',
    'media',
    'geolocation',
    'clipboard-read',
    'openExternal',
    'hid',
    'unknown',
    'fullscreen',
  ])('%s: neither granted nor said to be', async (permission) => {
    const made = await guarded();
    const own = { requestingUrl: 'app://scrim/index.html', isMainFrame: true };
    let granted: boolean | undefined;
    made.permissionRequest?.({} as never, permission as never, (answer) => (granted = answer), own);
    expect(granted).toBe(false);
    expect(made.permissionCheck?.(null, permission as never, 'app://scrim', own as never)).toBe(false);
  });

  test('copying text is allowed to our own page only', async () => {
    const made = await guarded();
    const ask = (url: string): boolean[] => {
      const answers: boolean[] = [];
      const details = { requestingUrl: `${url}/index.html`, isMainFrame: true };
      made.permissionRequest?.({} as never, 'clipboard-sanitized-write', (answer) => answers.push(answer), details);
      answers.push(made.permissionCheck?.(null, 'clipboard-sanitized-write', url, details) ?? true);
      return answers;
    };
    expect(ask('app://scrim')).toEqual([true, true]);
    expect(ask('https://example.com')).toEqual([false, false]);
  });

  test('no device is handed out', async () => {
    expect((await guarded()).device?.({ deviceType: 'usb' } as never)).toBe(false);
  });
});
