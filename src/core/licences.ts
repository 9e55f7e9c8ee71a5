// Licences of what Scrim is built with, as the builds of the window, the command line and the app have written them down.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Licence } from '../contract/procedures/settings.ts';

/** Vite's: `## name - 1.2.3 (MIT)`. */
const heading = /^## (\S{1,214}) - (\S{1,100})(?: \((.{1,200})\))?$/gm;
const mostPackages = 2_000;

// Beside the sources of a checkout, or beside the bundle.
const files = ['../../dist/renderer/', '../../dist/cli/', '../../dist/electron/', '../renderer/', './'].map((folder) =>
  fileURLToPath(new URL(`${folder}licenses.md`, import.meta.url)),
);

/** By name; empty where no build lies here. */
export async function bundledLicences(): Promise<Licence[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const all = new Map(
    texts
      .flatMap((text) => [...text.matchAll(heading)])
      .map(([, name = '', version = '', licence = 'see its package']) => [name, { name, version, licence }]),
  );
  return [...all.values()].sort((a, b) => a.name.localeCompare(b.name)).slice(0, mostPackages);
}
