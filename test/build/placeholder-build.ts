// Bundles that are none: so that the checks of packages can be tested without a build.

import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from '../../build/package/staging.ts';

// Says its version, and for `start` where the app lies from here.
const commandLine = `#!/usr/bin/env node
import { resolve } from 'node:path';
const app = resolve(import.meta.dirname, '../../../../scrim-desktop');
if (process.argv[2] === 'start') process.stderr.write(\`Starting the desktop app: \${app}\\n\`);
else process.stdout.write('0.1.0\\n');
`;

/** @param more further files, by their path below the folder, or others in the place of ours */
export async function placeholderBuild(folder: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const files = {
    'electron/main.js': 'export {};\n',
    'electron/core-process.js': 'export {};\n',
    'electron/preload.cjs': '"use strict";\n',
    'electron/main.js.map': '{}',
    'electron/licenses.md': '# Licenses\n',
    'renderer/licenses.md': '# Licenses\n',
    'renderer/index.html': '<!doctype html>\n',
    'renderer/assets/index-a1b2.js': 'export {};\n',
    'cli/cli.js': commandLine,
    'cli/cli.js.map': '{}',
    ...more,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  await mkdir(join(folder, 'electron/tray'), { recursive: true });
  await copyFile(join(root, 'build/icons/tray/on-16.png'), join(folder, 'electron/tray/on-16.png'));
  return folder;
}
