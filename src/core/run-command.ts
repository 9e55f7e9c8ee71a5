// scrim run: one command with everything set so that its model traffic goes through Scrim.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { access, readFile } from 'node:fs/promises';
import { clientEnvironment } from '../capture/environment.ts';
import { writeCaBundle } from '../capture/ca-bundle.ts';
import type { CoreEvent } from '../contract/core-events.ts';
import { createCore } from '../core.ts';
import { guardMarker } from '../identity/process-facts.ts';
import { findInstance } from '../settings/instance.ts';
import { locations, type Locations } from '../settings/locations.ts';
import { javaTrustStorePath } from '../trust/java.ts';
import { fetchStatus } from './inspect.ts';
import { bundlePathOf, usersProxy } from './machine.ts';
import { variablesWithLogin } from './own-logins.ts';
import { fetchRunToken, tokenVariables, type RunToken } from './run-token.ts';
import type { ServeOptions } from './serve-options.ts';

export interface RunOptions {
  readonly serve: ServeOptions;
  readonly command: readonly [string, ...string[]];
  readonly tell: (text: string) => void;
  readonly emit: (event: CoreEvent) => void;
}

/** Resolves to the exit code to leave with, or to the signal that ended the command. */
export async function runCommand({ serve, command, tell, emit }: RunOptions): Promise<number | NodeJS.Signals> {
  const places = locations({ dataDir: serve.dataDir, policyFile: serve.policyFile, env: serve.env });
  const running = await findInstance(places.instanceFile);
  // An own instance gets ports of its own: it must not stand in the way of a later `scrim serve`.
  const own = running === undefined ? await createCore(withUsersProxy(serve, tell), emit) : undefined;
  let lent: RunToken | undefined;
  try {
    const { proxy, gateway, ca: caPath } = own?.ready ?? (await fetchStatus({ ...serve, policy: serve.policyFile }));
    lent = running === undefined ? own?.mintToken() : await fetchRunToken(running);
    const bundlePath = bundlePathOf(places);
    await writeCaBundle({ caPem: await readFile(caPath, 'utf8'), path: bundlePath, env: serve.env });
    const { variables, notes } = clientEnvironment({
      proxy,
      gateway,
      caPath,
      bundlePath,
      env: serve.env,
      ...(await javaRoots(places)),
    });
    for (const note of notes) tell(note);
    // What it starts is known by this even when its parents are gone: it may not answer questions about itself.
    const marked = { [guardMarker.name]: guardMarker.value };
    const withLogin = await variablesWithLogin(serve.env, command[0]);
    const keys = lent === undefined ? {} : tokenVariables(lent, { env: serve.env, gateway, withLogin });
    return await runChild(command, { ...serve.env, ...variables, ...keys, ...marked }, (pid) => void own?.guard(pid));
  } finally {
    lent?.revoke();
    await own?.stop();
  }
}

/** Only where `scrim ca install` made it: the variable makes every Java program print a line. */
async function javaRoots({ certificatesFolder }: Locations): Promise<{ javaTrustStore?: string }> {
  const path = javaTrustStorePath(certificatesFolder);
  return await access(path).then(
    () => ({ javaTrustStore: path }),
    () => ({}),
  );
}

/** Where the user's programs already need a proxy to get out, so does Scrim: the command itself is pointed at us from now on. */
function withUsersProxy(serve: ServeOptions, tell: (text: string) => void): ServeOptions {
  const url = usersProxy(serve.env);
  if (serve.upstreamProxy !== undefined || url === undefined) return serve;
  tell(`Scrim reaches providers through your proxy ${url.host}; name another one with --upstream-proxy.`);
  return { ...serve, upstreamProxy: url };
}

const forwarded: readonly NodeJS.Signals[] = [
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
];

function runChild(
  [program, ...parameters]: readonly [string, ...string[]],
  env: Readonly<Record<string, string | undefined>>,
  started: (pid: number) => void,
): Promise<number | NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { stdio: 'inherit', env });
    if (child.pid !== undefined) started(child.pid);
    // The terminal sends Ctrl-C to the whole group: the command decides what it means, we wait for it.
    const passOn = (signal: NodeJS.Signals): void => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    for (const signal of forwarded) process.on(signal, passOn);
    const done = (): void => {
      for (const signal of forwarded) process.off(signal, passOn);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      done();
      // The codes a shell uses (POSIX: 127 not found, 126 not executable).
      if (error.code === 'ENOENT') resolve(127);
      else if (error.code === 'EACCES') resolve(126);
      else reject(error);
    });
    child.once('exit', (code, signal) => {
      done();
      resolve(signal ?? code ?? 1);
    });
  });
}

/** Exit code of a shell for a command that a signal ended. */
export function signalCode(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}
