import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openUrl } from '../../src/core/open-url.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const origin = 'http://127.0.0.1:8878';

describe.skipIf(process.platform === 'win32')('opening the window in a browser', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let env: Record<string, string>;
  const opened = (): string => readFileSync(join(folder.path, 'opened'), 'utf8');

  beforeEach(() => {
    folder = temporaryFolder();
    env = { PATH: `${folder.path}:/usr/bin:/bin`, OUT: join(folder.path, 'opened'), LANG: 'C' };
  });
  afterEach(() => folder.remove());

  function opener(script: string): void {
    const file = join(folder.path, 'xdg-open');
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }

  test('the address is one word of its own, whatever stands in it', async () => {
    opener('printf "%s\\n" $# "$1" >"$OUT"');
    await openUrl(`${origin}/#/approvals/a b$(id)'";&?code=x`, { platform: 'linux', env, origin });
    const [count, address = ''] = opened().split('\n');
    expect(count).toBe('1');
    expect(address.startsWith(`${origin}/#/approvals/`)).toBe(true);
    expect(address).not.toMatch(/[\s"]/);
  });

  test('the browser does not inherit what Scrim alone was told', async () => {
    opener('env >"$OUT"');
    const all = { ...env, SCRIM_EXPORT_SECRET: 'mine', SCRIM_GUARDED: '1' };
    await openUrl(origin, { platform: 'linux', env: all, origin });
    expect(opened()).toContain('LANG=C');
    expect(opened()).not.toContain('SCRIM_EXPORT_SECRET');
    // Who was started below scrim run stays known for it.
    expect(opened()).toContain('SCRIM_GUARDED=1');
  });

  test.each([
    'https://127.0.0.1:8878/',
    'http://127.0.0.1:8879/',
    'http://127.0.0.1:8878@example.org/',
    'http://me@127.0.0.1:8878/',
    'http://example.org:8878/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '--help',
    '',
  ])('%s is not opened', async (address) => {
    opener('echo "$1" >"$OUT"');
    await expect(openUrl(address, { platform: 'linux', env, origin })).rejects.toThrow('its own window only');
    expect(opened).toThrow();
  });

  test('an own address on another machine is not opened either', async () => {
    const far = 'http://192.0.2.1:8878';
    await expect(openUrl(`${far}/`, { platform: 'linux', env, origin: far })).rejects.toThrow('its own window only');
  });

  test.each([
    ['there is no opener', undefined],
    ['the opener fails', 'exit 3'],
  ])('%s: one sentence says what to do, without the code', async (_, script) => {
    if (script !== undefined) opener(script);
    const opening = openUrl(`${origin}/#/live?code=abc`, {
      platform: 'linux',
      env: { ...env, PATH: folder.path },
      origin,
    });
    await expect(opening).rejects.toMatchObject({
      code: 'cannot-open',
      message: `Open ${origin} in a browser: xdg-open could not.`,
    });
  });
});
