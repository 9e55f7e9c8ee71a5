// Stands in for Electron, and for fpm, where neither can be had: enough that electron-builder packs for real, and that what it
// packed can be looked into. Made anew in a temporary folder; nothing is downloaded, and nothing of it is ever shipped.

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPackage } from '@electron/asar';

// Marks the fuses in the binary; @electron/fuses looks for it and does not export it.
const sentinel = ['dL7pKGdnNz796Pbb', 'jQWNKmHXBZaB9tsX'].join('');

/** An unpacked Electron for Linux: its files by name, a fuse wire as Electron ships it, and languages to throw away. */
export async function makeElectron(folder: string, version: string): Promise<string> {
  const electron = join(folder, 'electron');
  await mkdir(join(electron, 'locales'), { recursive: true });
  await mkdir(join(electron, 'resources'));
  const shell =
    '#!/bin/sh\necho "This is not Electron: it only stands in for it while packaging is checked." >&2\nexit 1\n';
  // Version 1, nine fuses, in Electron's own defaults.
  const wire = Buffer.concat([Buffer.from(sentinel), Buffer.from([1, 9]), Buffer.from('101100011')]);
  await program(join(electron, 'electron'), Buffer.concat([Buffer.from(`${shell}#`), wire, Buffer.from('\n')]));
  for (const name of ['chrome-sandbox', 'chrome_crashpad_handler']) await program(join(electron, name), shell);
  for (const [name, text] of [
    ['version', version],
    ['LICENSE', 'MIT'],
    ['LICENSES.chromium.html', '<html></html>'],
    ...['de', 'en-US', 'fr', 'zh-CN'].map((language) => [`locales/${language}.pak`, language]),
  ] as const)
    await writeFile(join(electron, name), text);
  const empty = join(folder, 'default-app');
  await mkdir(empty);
  await writeFile(join(empty, 'package.json'), '{}');
  await createPackage(empty, join(electron, 'resources/default_app.asar'));
  return electron;
}

/** A program that takes fpm's arguments as electron-builder gives them, and makes a Debian package of them with dpkg-deb. */
export async function makeFpm(folder: string): Promise<string> {
  const path = join(folder, 'fpm');
  const script = join(import.meta.dirname, 'fpm.ts');
  await program(path, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
  return path;
}

async function program(path: string, content: string | Buffer): Promise<void> {
  await writeFile(path, content);
  await chmod(path, 0o755);
}
