// Starting with the session: login items on macOS and Windows, a file in the autostart folder on Linux.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { app } from 'electron';

export interface Autostart {
  readonly isOn: () => Promise<boolean>;
  /** Rejects with one sentence where the system does not let us. */
  readonly set: (on: boolean) => Promise<void>;
}

/** The word that says: start in the tray, without a window. */
export const hiddenWord = '--hidden';

export interface AutostartOptions {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What starts the app: its program, and its folder where it is not packaged. */
  readonly command: readonly string[];
}

export function createAutostart(options: AutostartOptions): Autostart {
  return options.platform === 'linux' ? autostartFile(options) : loginItem(options);
}

function loginItem({ platform, command: [path, ...args] }: AutostartOptions): Autostart {
  const words = [...args, hiddenWord];
  // macOS starts the app bundle itself and takes no words; it says at the start that it was a login item.
  const target = platform === 'win32' && path !== undefined ? { path, args: words } : {};
  return {
    isOn: () => Promise.resolve(app.getLoginItemSettings(target).openAtLogin),
    set(on) {
      app.setLoginItemSettings({ openAtLogin: on, ...target });
      return Promise.resolve();
    },
  };
}

/** https://specifications.freedesktop.org/autostart-spec/latest */
function autostartFile({ env, command }: AutostartOptions): Autostart {
  const { XDG_CONFIG_HOME: configured, APPIMAGE: image } = env;
  const config = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.config');
  const folder = join(config, 'autostart');
  const file = join(folder, 'scrim.desktop');
  return {
    async isOn() {
      const text = await readFile(file, 'utf8').catch(() => '');
      return text.includes('\nExec=') && !/^(?:Hidden=true|X-GNOME-Autostart-enabled=false)$/m.test(text);
    },
    async set(on) {
      if (!on) return rm(file, { force: true });
      // An AppImage runs from a folder that is gone at the next login: the image itself is what stays.
      const words = image === undefined ? command : [image];
      const text = desktopEntry([...words, hiddenWord]);
      await mkdir(folder, { recursive: true });
      await writeFile(file, text, { mode: 0o644 });
    },
  };
}

function desktopEntry(words: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Scrim',
    'Comment=Masks secrets in AI model traffic on this machine',
    `Exec=${words.map(quoted).join(' ')}`,
    'Icon=scrim-desktop',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/**
 * Quoted twice: for the arguments, then for the value of a key.
 * SECURITY: a path with a line break would add keys to the file; such a path is refused.
 */
function quoted(word: string): string {
  if (/[\u0000-\u001f\u007f]/.test(word)) {
    throw new Error('Move Scrim to a folder with a plain name, then turn on "Start at login" again.');
  }
  const argument = `"${word.replaceAll(/["`$\\]/g, '\\$&')}"`;
  return argument.replaceAll('\\', '\\\\').replaceAll('%', '%%');
}
