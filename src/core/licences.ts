// Licences of what Scrim is built with, as the builds of the window and of the command line have written them down.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Licence } from '../contract/procedures/settings.ts';

const schema = z.array(
  z.object({ name: z.string().max(214), version: z.string().max(100), identifier: z.string().max(200).nullish() }),
);
const mostPackages = 2_000;

// Beside the sources of a checkout, or beside the bundle.
const files = ['../../dist/renderer/', '../../dist/cli/', '../renderer/', './'].map((folder) =>
  fileURLToPath(new URL(`${folder}licences.json`, import.meta.url)),
);

export async function bundledLicences(): Promise<Licence[]> {
  const read = await Promise.all(
    files.map(async (file) => {
      try {
        return schema.parse(JSON.parse(await readFile(file, 'utf8')));
      } catch {
        return [];
      }
    }),
  );
  const all = new Map(
    read
      .flat()
      .map(({ name, version, identifier }) => [name, { name, version, licence: identifier ?? 'see its package' }]),
  );
  return [...all.values()].sort((a, b) => a.name.localeCompare(b.name)).slice(0, mostPackages);
}
