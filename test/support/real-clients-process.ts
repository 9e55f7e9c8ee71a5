// A client's process: only what it is given of the environment, a home and a project folder of its own, and an end.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Launch } from '../end-to-end/clients/client.ts';

export interface ClientRun {
  /** Null: it was ended because it took too long. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly milliseconds: number;
}

export interface ClientFolders {
  readonly home: string;
  readonly project: string;
}

/** `limit`: milliseconds after which the client and what it started are ended. */
export async function runClient(
  launch: Launch,
  folders: ClientFolders,
  env: Readonly<Record<string, string>>,
  limit: number,
): Promise<ClientRun> {
  for (const [name, text] of Object.entries(launch.files ?? {})) {
    const file = join(folders.home, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  const whole = { ...isolated(folders.home), ...env, ...launch.env };
  if (launch.before !== undefined) {
    const before = await runWords(launch.before, folders.project, whole, 180_000);
    if (before.code !== 0) return before;
  }
  return runWords(launch.words, folders.project, whole, limit);
}

function isolated(home: string): Record<string, string> {
  const python = ['PYENV_ROOT', 'PYENV_VERSION'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(python),
    PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: home,
    TMPDIR: join(home, 'tmp'),
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    SHELL: '/bin/bash',
    USER: 'nobody',
    NO_COLOR: '1',
  };
}

async function runWords(
  [program, ...words]: Launch['words'],
  cwd: string,
  env: Readonly<Record<string, string>>,
  limit: number,
): Promise<ClientRun> {
  const begun = performance.now();
  // A group of its own, so that helpers it leaves behind end with it.
  const child = spawn(program, words, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const endGroup = (): void => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // Already gone.
    }
  };
  process.once('exit', endGroup);
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
    endGroup();
  }, limit);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    // A helper may hold the pipes open: the group goes first.
    endGroup();
    if (!child.stdout.closed) await once(child, 'close');
    return {
      code: late.signal.aborted ? null : (code ?? 1),
      out,
      err,
      milliseconds: Math.round(performance.now() - begun),
    };
  } catch (error) {
    return { code: 127, out, err: String(error), milliseconds: 0 };
  } finally {
    clearTimeout(timer);
    process.off('exit', endGroup);
  }
}

/** Files below `folder` that hold one of the texts. */
export async function filesHolding(folder: string, texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, {
    recursive: true,
    withFileTypes: true,
  })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const content = await readFile(file).catch(() => Buffer.alloc(0));
    if (texts.some((text) => content.includes(text))) found.push(file);
  }
  return found;
}
