import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { contentPolicy, registerScheme, serveFiles } from '../../electron/protocol.ts';
import { fake, makeReady, session } from '../support/fake-electron.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freshElectron } from './shell.ts';

freshElectron({ ready: false });

const outside = 'not for the window';

function served() {
  makeReady();
  const folder = temporaryFolder();
  onTestFinished(() => folder.remove());
  const files = join(folder.path, 'renderer');
  mkdirSync(join(files, 'assets'), { recursive: true });
  writeFileSync(join(files, 'index.html'), '<title>Scrim</title>');
  writeFileSync(join(files, 'assets', 'a b.js'), 'export {}');
  writeFileSync(join(files, 'notes.txt'), outside);
  writeFileSync(join(folder.path, 'secret.js'), outside);
  mkdirSync(join(folder.path, 'renderer-2'));
  writeFileSync(join(folder.path, 'renderer-2', 'x.js'), outside);
  const own = session.fromPartition('x');
  serveFiles(own as never, files);
  return {
    get: async (url: string, method = 'GET') => {
      // Chromium hands over what the page asked for; a Request of Node would tidy it up first.
      const asked: unknown = { url, method };
      const response = await own.handlers.get('app')?.(asked as Request);
      return { status: response?.status, headers: response?.headers, text: (await response?.text()) ?? '' };
    },
  };
}

test('the scheme is registered before the app is ready, as a secure origin and nothing more', () => {
  registerScheme();
  expect(fake.schemes).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, codeCache: true } }]);
  makeReady();
  expect(registerScheme).toThrow(/before app is ready/);
});

test('serves the window, with its policy on every answer', async () => {
  const { get } = served();
  const page = await get('app://scrim/index.html');
  expect(page).toMatchObject({ status: 200, text: '<title>Scrim</title>' });
  expect(page.headers?.get('content-type')).toBe('text/html; charset=utf-8');
  expect((await get('app://scrim/')).text).toBe(page.text);
  expect((await get('app://scrim/assets/a%20b.js')).headers?.get('content-type')).toContain('text/javascript');
  for (const path of ['index.html', 'assets/a%20b.js', 'nothing.js']) {
    const { headers } = await get(`app://scrim/${path}`);
    expect(headers?.get('content-security-policy')).toBe(contentPolicy);
    expect(headers?.get('x-content-type-options')).toBe('nosniff');
  }
});

test('the policy begins with nothing, and lets the window speak to no address', () => {
  const rules = new Map(
    contentPolicy.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1).join(' ')]),
  );
  expect(Object.fromEntries(rules)).toEqual({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  });
});

test.each([
  'app://scrim/../secret.js',
  'app://scrim/%2e%2e/secret.js',
  'app://scrim/..%2fsecret.js',
  'app://scrim/assets/..%2f..%2fsecret.js',
  'app://scrim/%2e%2e%2frenderer-2/x.js',
  'app://scrim/..%5csecret.js',
  'app://scrim/..\\secret.js',
  'app://scrim//etc/passwd',
  'app://scrim/index.html%00.js',
  'app://scrim/%',
  'app://scrim/notes.txt',
  'app://scrim/assets',
  'app://other/index.html',
  'app://scrim.example/index.html',
  'https://scrim/index.html',
])('%s is not found', async (url) => {
  const { status, text } = await served().get(url);
  expect([status, text]).toEqual([404, 'Not found']);
});

test('answers only GET', async () => {
  expect((await served().get('app://scrim/index.html', 'POST')).status).toBe(404);
});

test('whatever is asked for, nothing outside the folder is ever answered', async () => {
  const { get } = served();
  const part = fc.constantFrom(
    '..',
    '.',
    '%2e',
    '%2e%2e',
    '%2f',
    '%5c',
    '/',
    '\\',
    'assets',
    'secret.js',
    'renderer-2',
    'x.js',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (parts) => {
      expect((await get(`app://scrim/${parts.join('/')}`)).text).not.toBe(outside);
      expect((await get(`app://scrim/${parts.join('')}`)).text).not.toBe(outside);
    }),
    { numRuns: 200 },
  );
});
