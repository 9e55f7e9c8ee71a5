import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createAutostart, type AutostartOptions } from '../../electron/autostart.ts';
import { fake } from '../support/fake-electron.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { freshElectron } from './shell.ts';

freshElectron({ ready: true });

describe('Linux: a file in the autostart folder', () => {
  function linux(changes: Partial<AutostartOptions> = {}) {
    const folder = temporaryFolder();
    onTestFinished(() => folder.remove());
    const autostart = createAutostart({
      platform: 'linux',
      env: { XDG_CONFIG_HOME: folder.path, ...changes.env },
      command: changes.command ?? ['/opt/Scrim/scrim-desktop'],
    });
    const file = join(folder.path, 'autostart', 'scrim.desktop');
    return { autostart, file, read: () => readFileSync(file, 'utf8') };
  }

  test('on, off, and what the file says', async () => {
    const { autostart, read } = linux();
    expect(await autostart.isOn()).toBe(false);
    await autostart.set(true);
    expect(await autostart.isOn()).toBe(true);
    expect(read().split('\n')).toEqual([
      '[Desktop Entry]',
      'Type=Application',
      'Name=Scrim',
      'Comment=Masks secrets in AI model traffic on this machine',
      'Exec="/opt/Scrim/scrim-desktop" "--hidden"',
      'Icon=scrim-desktop',
      'Terminal=false',
      'X-GNOME-Autostart-enabled=true',
      '',
    ]);
    await autostart.set(false);
    expect(await autostart.isOn()).toBe(false);
    await autostart.set(false);
  });

  test('turned off by the desktop’s own settings counts as off', async () => {
    const { autostart, file } = linux();
    await autostart.set(true);
    for (const line of ['Hidden=true', 'X-GNOME-Autostart-enabled=false']) {
      writeFileSync(file, `[Desktop Entry]\nExec=x\n${line}\n`);
      expect(await autostart.isOn()).toBe(false);
    }
  });

  test('an AppImage starts its image, not the folder that it runs from now', async () => {
    const { autostart, read } = linux({
      env: { APPIMAGE: '/home/me/Scrim.AppImage' },
      command: ['/tmp/.mount_x/scrim'],
    });
    await autostart.set(true);
    expect(read()).toContain('\nExec="/home/me/Scrim.AppImage" "--hidden"\n');
  });

  test('a path is quoted for both readers: nothing in it is a field code or a command', async () => {
    const { autostart, read } = linux({ command: ['/home/me/a b/"c" $(id) `id` 100%/d\\e'] });
    await autostart.set(true);
    expect(read()).toContain('\nExec="/home/me/a b/\\\\"c\\\\" \\\\$(id) \\\\`id\\\\` 100%%/d\\\\\\\\e" "--hidden"\n');
  });

  test('a path with a line break adds no line: it is refused, with the way out', async () => {
    const { autostart, file } = linux({ command: ['/tmp/x\nExec=evil'] });
    await expect(autostart.set(true)).rejects.toThrow(/Move Scrim to a folder with a plain name/);
    expect(() => readFileSync(file)).toThrow();
  });
});

test('Windows: a login item that starts hidden', async () => {
  const autostart = createAutostart({ platform: 'win32', env: {}, command: ['C:\\Scrim\\Scrim.exe'] });
  await autostart.set(true);
  expect(fake.loginItem).toEqual({ openAtLogin: true, path: 'C:\\Scrim\\Scrim.exe', args: ['--hidden'] });
  expect(await autostart.isOn()).toBe(true);
  await autostart.set(false);
  expect(await autostart.isOn()).toBe(false);
});

test('macOS: a login item; the system takes no words', async () => {
  const autostart = createAutostart({ platform: 'darwin', env: {}, command: ['/Applications/Scrim.app/x'] });
  await autostart.set(true);
  expect(fake.loginItem).toEqual({ openAtLogin: true });
  expect(await autostart.isOn()).toBe(true);
});
