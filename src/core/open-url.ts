// Opens the window in the person's browser, with whatever the system opens addresses with.
//
// The address holds a code that is good once (pairing.ts), and while the opener runs it stands in the process list, where
// programs of the same user can read it. A program that uses it first gets a window, but what changes anything is asked of
// the process behind each call, and a guarded one is refused.

import { spawn } from 'node:child_process';
import { guardMarker } from '../identity/process-facts.ts';
import { CoreError } from './core-error.ts';

export interface OpenUrlOptions {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `http://127.0.0.1:8878`. Only its addresses are opened, and those of the same port at another address of this machine. */
  readonly origin: string;
}

/** An opener that has not failed by then has done its part: some stay for as long as the browser does. In milliseconds. */
const PATIENCE = 3000;
const loopback = /^(127(\.\d{1,3}){3}|\[::1\])$/;

/** Rejects with CoreError `cannot-open`; its message never holds the address. */
export async function openUrl(url: string, { platform, env, origin }: OpenUrlOptions): Promise<void> {
  const address = URL.parse(url);
  // SECURITY: an opener starts programs for whatever it is given. Ours only, and as the parser wrote it, so that no quote or
  // blank is left in it; never through a shell.
  if (address === null || address.port !== URL.parse(origin)?.port || !isOurs(address))
    throw new CoreError('cannot-open', 'Scrim opens addresses of its own window only.');
  const [program, ...args] = openerOf(platform);
  const failed = Promise.withResolvers<never>();
  const done = Promise.withResolvers<undefined>();
  const child = spawn(program, [...args, address.href], {
    env: browserEnvironment(env),
    stdio: 'ignore',
    detached: true,
  });
  const fail = (): void =>
    failed.reject(new CoreError('cannot-open', `Open ${origin} in a browser: ${program} could not.`));
  child.on('error', fail);
  child.on('exit', (code) => (code === 0 ? done.resolve(undefined) : fail()));
  child.unref();
  const timer = setTimeout(() => done.resolve(undefined), PATIENCE);
  await Promise.race([done.promise, failed.promise]).finally(() => clearTimeout(timer));
}

function isOurs({ protocol, hostname, username, password }: URL): boolean {
  return protocol === 'http:' && loopback.test(hostname) && username === '' && password === '';
}

function openerOf(platform: NodeJS.Platform): readonly [string, ...string[]] {
  if (platform === 'darwin') return ['/usr/bin/open'];
  // Not `start`: it is a word of cmd.exe, which reads `&` and `^` in the address.
  if (platform === 'win32') return ['rundll32.exe', 'url.dll,FileProtocolHandler'];
  return ['xdg-open'];
}

/** SECURITY: what Scrim alone was told (a passphrase's descriptor, a token) is not the browser's; the guard's mark stays with whoever has it. */
function browserEnvironment(env: OpenUrlOptions['env']): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => name === guardMarker.name || !name.startsWith('SCRIM_')),
  );
}
