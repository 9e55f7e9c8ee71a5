// What the window asks of the log is done in threads beside the one that serves traffic: a piece at a time, as the asker
// takes them.

import { Worker } from 'node:worker_threads';
import type {
  CutText,
  ExportFormat,
  ExportPiece,
  FoundPage,
  ReplaySteps,
  SearchWords,
  ShownSession,
  VerifyStep,
  WhatIfStep,
} from '../contract/sessions.ts';
import { CoreError } from './core-error.ts';

/** Where the log and its files lie, and the environment of the core. */
export interface JobPlace {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface Purged {
  readonly session?: string | undefined;
  readonly before?: number | undefined;
}

/** Each job: what it is given, and what its pieces are. */
export interface Jobs {
  search: { input: { query: string; cursor?: string | undefined; limit: number }; piece: FoundPage };
  count: { input: { query: string }; piece: { hits: number; isMore: boolean } };
  words: { input: object; piece: SearchWords };
  show: {
    input: { session: string; from?: number | undefined; with?: string | undefined; limit: number };
    piece: ShownSession | null;
  };
  text: { input: { exchange: string; ref: string }; piece: CutText };
  replay: { input: { of: string }; piece: ReplaySteps };
  whatIf: { input: { of: string; policy: string }; piece: WhatIfStep };
  export: {
    input: {
      format: ExportFormat;
      session?: string | undefined;
      since?: number | undefined;
      until?: number | undefined;
    };
    piece: ExportPiece;
  };
  verify: { input: object; piece: VerifyStep };
  countPurge: { input: Purged; piece: { exchanges: number } };
  purge: { input: Purged; piece: { exchanges: number } };
}

export type JobName = keyof Jobs;

/** To the thread: a job, then `next` for each further piece, or `stop`. */
export interface JobStart {
  readonly job: JobName;
  readonly input: object;
  readonly place: JobPlace;
}

export type JobMessage =
  | { readonly is: 'piece'; readonly piece: unknown }
  | { readonly is: 'end' }
  | { readonly is: 'stopped' }
  /** `code`: of CoreError; null: whatever it was, its text stays in the thread. */
  | { readonly is: 'error'; readonly code: string | null; readonly message: string };

export interface WindowJobs {
  /** Somebody will ask soon: a thread is got ready. */
  warm(): void;
  /** Ends when the asker stops taking pieces. Throws CoreError. */
  run<Name extends JobName>(
    job: Name,
    input: Jobs[Name]['input'],
    signal?: AbortSignal,
  ): AsyncGenerator<Jobs[Name]['piece']>;
  /** Of a job with one piece. */
  one<Name extends JobName>(job: Name, input: Jobs[Name]['input'], signal?: AbortSignal): Promise<Jobs[Name]['piece']>;
}

/** Beside this file: as the sources run, and in the bundle. */
const program = new URL(import.meta.url.endsWith('.ts') ? 'window-worker.ts' : 'window-worker.js', import.meta.url);

/** A thread is kept for the next job so long. */
const KEPT_MS = 30_000;
const MOST_THREADS = 6;
const STOP_MS = 2_000;

export function createWindowJobs(place: JobPlace): WindowJobs {
  const idle: { worker: Worker; timer: NodeJS.Timeout }[] = [];
  let running = 0;

  const take = (): Worker => {
    if (running >= MOST_THREADS)
      throw new CoreError('busy', 'Scrim is busy with other questions of the window; ask again in a moment.');
    running += 1;
    const kept = idle.pop();
    if (kept === undefined) {
      const worker = new Worker(program, { execArgv: [], env: {} });
      worker.unref();
      // One that failed is ended by whoever waits for it.
      worker.on('error', () => undefined);
      return worker;
    }
    clearTimeout(kept.timer);
    return kept.worker;
  };
  const giveBack = (worker: Worker, isDone: boolean): void => {
    running -= 1;
    if (!isDone) {
      stop(worker);
      return;
    }
    if (idle.length > 0) {
      void worker.terminate();
      return;
    }
    const kept = { worker, timer: setTimeout(() => end(), KEPT_MS).unref() };
    const end = (): void => {
      idle.splice(idle.indexOf(kept), 1);
      void worker.terminate();
    };
    idle.push(kept);
  };

  async function* run<Name extends JobName>(
    job: Name,
    input: Jobs[Name]['input'],
    signal?: AbortSignal,
  ): AsyncGenerator<Jobs[Name]['piece']> {
    const worker = take();
    let isDone = false;
    try {
      let message = await asked(worker, { job, input, place } satisfies JobStart, signal);
      while (message.is === 'piece') {
        yield message.piece as Jobs[Name]['piece'];
        message = await asked(worker, 'next', signal);
      }
      isDone = true;
      if (message.is === 'error') throw toError(message);
    } finally {
      giveBack(worker, isDone);
    }
  }

  return {
    warm() {
      if (idle.length > 0 || running > 0) return;
      giveBack(take(), true);
    },
    run,
    async one(job, input, signal) {
      let found: unknown;
      for await (const piece of run(job, input, signal)) found = piece;
      return found as Jobs[typeof job]['piece'];
    },
  };
}

/** It may have something to put away first. */
function stop(worker: Worker): void {
  const end = (): void => void worker.terminate();
  const timer = setTimeout(end, STOP_MS).unref();
  worker.on('message', ({ is }: JobMessage) => {
    if (is === 'stopped') end();
  });
  worker.once('exit', () => clearTimeout(timer));
  worker.postMessage('stop');
}

function asked(worker: Worker, message: JobStart | 'next', signal: AbortSignal | undefined): Promise<JobMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<JobMessage>();
  const ended = (): void => reject(new CoreError('busy', 'This was ended before it was done; ask again.'));
  const aborted = (): void => reject(new CoreError('busy', 'This was ended by whoever asked for it.'));
  worker.once('message', resolve).once('exit', ended).once('error', reject);
  signal?.addEventListener('abort', aborted);
  if (signal?.aborted === true) aborted();
  else worker.postMessage(message);
  return promise.finally(() => {
    worker.off('message', resolve).off('exit', ended).off('error', reject);
    signal?.removeEventListener('abort', aborted);
  });
}

function toError({ code, message }: Extract<JobMessage, { is: 'error' }>): Error {
  return code === null ? new Error(message) : new CoreError('usage', message);
}
