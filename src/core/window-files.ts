// The window's files, as the build made them, for a browser.

import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileTypes, pagePolicy } from './page-policy.ts';

const headers = {
  'content-security-policy': pagePolicy("'self'"),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
};

export interface WindowFile {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

// Beside the sources of a checkout, or beside the bundle of the command line.
const folders = ['../../dist/renderer/', '../renderer/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** Undefined: there is no such file. `path`: that of a URL. */
export async function windowFile(path: string): Promise<WindowFile | undefined> {
  const folder = folders.find((each) => existsSync(join(each, 'index.html')));
  if (folder === undefined) return undefined;
  const file = normalize(join(folder, path === '/' ? 'index.html' : path));
  const type = fileTypes[extname(file)];
  // SECURITY: nothing outside the folder, and no kind of file that a build does not make.
  if (type === undefined || !file.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return undefined;
  try {
    const body = await readFile(file);
    const isNamedByContent = path.startsWith('/assets/');
    return {
      body,
      headers: {
        ...headers,
        'content-type': type,
        'content-length': String(body.length),
        'cache-control': isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-store',
      },
    };
  } catch {
    return undefined;
  }
}
