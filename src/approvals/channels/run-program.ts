// A program that asks the person for us: run without a shell, heard within bounds, and stopped with all that it started.

import { spawn } from 'node:child_process';

export interface ProgramCall {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly folder?: string;
}

export interface ProgramEnd {
  readonly code: number;
  /** At most 64 KiB of each. */
  readonly out: string;
  readonly err: string;
}

const MAX_OUTPUT = 64 * 1024;
/** Milliseconds between asking a program to end and ending it. */
const GRACE = 2000;
/** How long the rest of the output may take behind the end: what the program started may hold it open for ever. */
const REST_OF_OUTPUT = 250;

/** Undefined: it could not be started, a signal ended it, or `signal` did. Never rejects. */
export function runProgram(call: ProgramCall, signal: AbortSignal): Promise<ProgramEnd | undefined> {
  const { file, args, env, input = '', folder } = call;
  const { promise, resolve } = Promise.withResolvers<ProgramEnd | undefined>();
  if (signal.aborted) return Promise.resolve(undefined);
  // A group (and no terminal) of its own, so that it ends together with what it starts. Windows would open a console.
  const ownGroup = process.platform !== 'win32';
  let child;
  try {
    child = spawn(file, args, { cwd: folder, env, detached: ownGroup, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch {
    // A zero byte in an argument, for one.
    return Promise.resolve(undefined);
  }
  const { pid, stdin, stdout, stderr } = child;
  const kill = (how: NodeJS.Signals): void => {
    try {
      if (ownGroup && pid !== undefined) process.kill(-pid, how);
      else child.kill(how);
    } catch {
      // All of them have ended.
    }
  };
  const stop = (): void => {
    resolve(undefined);
    kill('SIGTERM');
    setTimeout(() => kill('SIGKILL'), GRACE).unref();
  };
  signal.addEventListener('abort', stop, { once: true });
  const out = collect(stdout);
  const err = collect(stderr);
  child.once('error', () => resolve(undefined));
  child.once('exit', (code) => {
    signal.removeEventListener('abort', stop);
    const settle = (): void => {
      resolve(code === null ? undefined : { code, out: out(), err: err() });
      kill('SIGKILL');
    };
    const timer = setTimeout(settle, REST_OF_OUTPUT);
    child.once('close', () => {
      clearTimeout(timer);
      settle();
    });
  });
  // It need not read what it is told.
  stdin.on('error', () => undefined);
  stdin.end(input);
  return promise;
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let bytes = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    if (bytes.length < MAX_OUTPUT) bytes = Buffer.concat([bytes, chunk]).subarray(0, MAX_OUTPUT);
  });
  return () => bytes.toString('utf8');
}
