// A period as one writes it on the command line: `--since 30d --until 2026-11-01`.

import { parseDuration } from '../policy/units.ts';
import { CoreError } from './core-error.ts';

export interface PeriodFlags {
  readonly since?: string;
  readonly until?: string;
}

/** Milliseconds since the Unix epoch; `since` is part of it, `until` is not. */
export interface Period {
  readonly since: number;
  readonly until: number;
}

/** Without flags: from the beginning, without an end. Throws CoreError `usage`. */
export function readPeriod({ since, until }: PeriodFlags, now: number): Period {
  const period = {
    since: since === undefined ? 0 : readMoment('--since', since, now),
    until: until === undefined ? Infinity : readMoment('--until', until, now),
  };
  if (period.since >= period.until) throw new CoreError('usage', 'Write --since as a time before that of --until.');
  return period;
}

export function readMoment(option: string, text: string, now: number): number {
  const ago = parseDuration(text);
  if (ago !== undefined) return now - ago;
  const at = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at))
    throw new CoreError(
      'usage',
      `Write ${option} as a time ago such as 12h or 30d, or a date such as 2026-11-01, not "${text}".`,
    );
  return at;
}
