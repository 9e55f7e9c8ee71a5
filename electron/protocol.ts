// The scheme that our pages come from: the build's files, and nothing else on this machine.

import { readFile } from 'node:fs/promises';
import { extname, resolve, sep } from 'node:path';
import { protocol, type Session } from 'electron';
import { fileTypes, pagePolicy } from '../src/core/page-policy.ts';
import { isOwnAddress, scheme } from './own-address.ts';

/** SECURITY: no address to connect to: the window speaks over a message port. */
export const contentPolicy = pagePolicy("'none'");

const headers = {
  'content-security-policy': contentPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Before the app is ready: later Chromium takes no scheme any more. */
export function registerScheme(): void {
  // SECURITY: `standard` gives it an origin, `secure` keeps mixed content out; neither CSP bypass nor service workers.
  protocol.registerSchemesAsPrivileged([{ scheme, privileges: { standard: true, secure: true, codeCache: true } }]);
}

/** @param folder where the window's files lie */
export function serveFiles(session: Session, folder: string): void {
  session.protocol.handle(scheme, (request) => answer(request, resolve(folder)));
}

async function answer({ url: address, method }: Request, folder: string): Promise<Response> {
  const path = isOwnAddress(address) && method === 'GET' ? pathIn(folder, new URL(address).pathname) : undefined;
  const type = path === undefined ? undefined : fileTypes[extname(path)];
  const body = path === undefined || type === undefined ? undefined : await readFile(path).catch(() => undefined);
  if (body === undefined || type === undefined) return new Response('Not found', { status: 404, headers });
  return new Response(new Uint8Array(body), { headers: { ...headers, 'content-type': type } });
}

/** SECURITY: nothing outside the folder, in whatever spelling; what cannot be decoded, and names with NUL or `\`, are no files of ours. */
function pathIn(folder: string, path: string): string | undefined {
  let name: string;
  try {
    name = decodeURIComponent(path === '/' ? '/index.html' : path);
  } catch {
    return undefined;
  }
  if (/[\0\\]/.test(name)) return undefined;
  const file = resolve(folder, `.${name}`);
  return file.startsWith(folder + sep) ? file : undefined;
}
