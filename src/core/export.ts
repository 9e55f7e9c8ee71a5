// What `scrim sessions export` does, and the live export of a running core.

import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { TimedClock } from '../base/clock.ts';
import type { Exported, Origin } from '../exports/exported.ts';
import { ExportsError } from '../exports/exports-error.ts';
import { exportFormats, fileFormat, formatted, type ExportFormat, type LineFormat } from '../exports/format.ts';
import { startLiveExport, type LiveExport } from '../exports/live.ts';
import { openReceiver, sendAll } from '../exports/receivers.ts';
import { readTarget, type Target } from '../exports/targets.ts';
import type { ExportTarget } from '../policy/policy.ts';
import { CoreError } from './core-error.ts';
import { systemClock } from './home.ts';
import { openLog, type Common } from './inspect.ts';
import { logPages } from './log-pages.ts';
import { readPeriod, type PeriodFlags } from './period.ts';
import { version } from './version.ts';

export interface ExportFlags extends PeriodFlags {
  readonly format?: string;
  readonly session?: string;
  readonly to?: string;
  /** PEM file of authorities for the receiver's certificate. */
  readonly ca?: string;
  readonly live?: boolean;
}

export interface ExportRun {
  /** Resolves when the text has been taken, so that a slow reader slows the export. */
  readonly write: (text: string) => Promise<void>;
  /** For people. */
  readonly tell: (text: string) => void;
  /** Ends a live export; what has been read is still sent. */
  readonly signal: AbortSignal;
}

const POLL_MS = 500;

/** Resolves to the number of messages sent, null for a file. Throws CoreError or ExportsError. */
export async function exportSessions(common: Common, flags: ExportFlags, run: ExportRun): Promise<number | null> {
  const format = readFormat(flags.format);
  const log = openLog(common);
  const now = systemClock.now();
  // Live alone is from now on.
  const period = readPeriod(flags.live === true && flags.since === undefined ? { ...flags, since: '1ms' } : flags, now);
  if (flags.session !== undefined && log.exchanges(flags.session, 1).length === 0)
    throw new CoreError('not-found', `There is no session "${flags.session}"; scrim sessions list names them.`);
  const more = async (): Promise<boolean> => {
    if (flags.live !== true || run.signal.aborted) return false;
    await pause(POLL_MS, run.signal);
    return true;
  };
  const pages = logPages(log, { ...period, session: flags.session }, more);
  if (flags.to === undefined) {
    const file = fileFormat(format ?? 'jsonl', originOfExport());
    for await (const text of formatted(recordsOf(pages), file)) await run.write(text);
    return null;
  }
  const target = await flagsTarget(flags, flags.to, format, common.env);
  const receiver = openReceiver(target, originOfExport(), () => systemClock.now());
  try {
    return await sendAll(pages, receiver, {
      wait: (milliseconds) => pause(milliseconds, run.signal),
      ...(flags.live === true
        ? { onTrouble: (error) => run.tell(error.message), goOn: () => !run.signal.aborted }
        : {}),
    });
  } finally {
    await receiver.close();
  }
}

async function* recordsOf(pages: AsyncIterable<Exported[]>): AsyncGenerator<Exported> {
  for await (const page of pages) yield* page;
}

function readFormat(text: string | undefined): ExportFormat | undefined {
  if (text === undefined) return undefined;
  const format = exportFormats.find((each) => each === text);
  if (format === undefined)
    throw new CoreError('usage', `Write --format as one of ${exportFormats.join(', ')}, not "${text}".`);
  return format;
}

async function flagsTarget(
  { ca }: ExportFlags,
  to: string,
  format: ExportFormat | undefined,
  env: Common['env'],
): Promise<Target> {
  if (format === 'csv' || format === 'har')
    throw new CoreError(
      'usage',
      `Write --format as jsonl, ocsf or cef: ${format} is a file, not messages for a receiver.`,
    );
  return target({ to, format, secretEnv: null, ca: ca ?? null }, env);
}

async function target(
  { to, format, secretEnv, ca }: Omit<ExportTarget, 'format'> & { readonly format: LineFormat | null | undefined },
  env: Common['env'],
): Promise<Target> {
  try {
    return readTarget({
      to,
      format: format ?? undefined,
      secret: env[secretEnv ?? 'SCRIM_EXPORT_SECRET'],
      ca: ca === null ? undefined : await readAuthorities(ca),
    });
  } catch (error) {
    if (error instanceof ExportsError) throw new CoreError('usage', error.message);
    throw error;
  }
}

async function readAuthorities(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new CoreError('usage', `Name a readable PEM file as authority of the receiver: ${file} is not one.`);
  }
}

export interface LiveOptions {
  /** Of the policy: `export`. */
  readonly targets: readonly ExportTarget[];
  readonly env: Common['env'];
  readonly dataFolder: string;
  readonly clock: TimedClock;
  readonly onFailure: (error: ExportsError) => void;
}

/** For a running core, made anew when the policy changes. Throws CoreError `usage` when a target is not valid. */
export async function openLiveExport({ targets, env, dataFolder, clock, onFailure }: LiveOptions): Promise<LiveExport> {
  return startLiveExport({
    targets: await Promise.all(targets.map((each) => target(each, env))),
    folder: join(dataFolder, 'exports'),
    origin: originOfExport(),
    clock,
    onFailure,
  });
}

/** Nothing is exported. */
export const noLiveExport: LiveExport = {
  exchange: () => undefined,
  close: () => Promise.resolve(),
};

function originOfExport(): Origin {
  return { version, machine: hostname(), pid: process.pid };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
