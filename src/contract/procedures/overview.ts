// What came of a day, a week, a month: counted from the session log, and which clients go through Scrim at all.

import { type } from '@orpc/contract';
import { z } from 'zod';
import { shows } from './procedure.ts';

/**
 * Edges of the columns, in milliseconds since the Unix epoch and ascending: column `i` is `edges[i] <= t < edges[i + 1]`. The
 * window makes them, since it knows where a day of the person begins.
 */
const edges = z
  .array(z.number().int().nonnegative())
  .min(2)
  .max(121)
  .refine((all) => all.every((edge, i) => i === 0 || edge > (all[i - 1] ?? 0)), 'The edges must ascend.');

export const overviewInput = z.strictObject({ edges });

/** Something by name, the most first; 12 at most. `name` is cut at 200 characters. */
export interface Share {
  readonly name: string;
  /** A query of the search that finds what was counted, without its period; null: there is none. */
  readonly query: string | null;
  readonly exchanges: number;
  readonly findings: number;
  readonly held: number;
}

export interface RuleFindings {
  readonly rule: string;
  readonly kind: string;
  readonly severity: string;
  /** Places where it matched. */
  readonly findings: number;
  /** Different values, as their fingerprints tell. */
  readonly values: number;
  readonly exchanges: number;
}

/** What came of blocks that a rule spoke about. `unanswered`: denied or allowed since nobody answered in time. `would`: only observed. */
export interface RuleVerdicts {
  readonly rule: string;
  readonly allowed: number;
  readonly denied: number;
  readonly unanswered: number;
  readonly would: number;
  readonly lost: number;
}

export interface TokenShare {
  readonly client: string;
  readonly model: string;
  readonly exchanges: number;
  readonly input: number;
  readonly output: number;
}

/** Milliseconds: the middle one, and the one that 95 of 100 stay below. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly high: number;
}

/** Each list has one number a column. */
export interface OverTime {
  readonly exchanges: readonly number[];
  readonly failed: readonly number[];
  /** By severity. */
  readonly findings: {
    readonly critical: readonly number[];
    readonly high: readonly number[];
    readonly other: readonly number[];
  };
  readonly verdicts: {
    readonly allowed: readonly number[];
    readonly denied: readonly number[];
    readonly unanswered: readonly number[];
    readonly would: readonly number[];
  };
  readonly tokens: { readonly input: readonly number[]; readonly output: readonly number[] };
}

export interface Overview {
  readonly exchanges: number;
  readonly failed: number;
  readonly findings: number;
  /** Exchanges in which something was found. */
  readonly withFindings: number;
  readonly held: number;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly overTime: OverTime;
  /** The most first; 12 at most. */
  readonly rules: readonly RuleFindings[];
  readonly verdicts: readonly RuleVerdicts[];
  readonly clients: readonly Share[];
  readonly projects: readonly Share[];
  readonly providers: readonly Share[];
  readonly tokensBy: readonly TokenShare[];
  /** From the request's arrival to the provider's head. */
  readonly provider: Spread | null;
  /** Waits for people. */
  readonly waits: Spread | null;
}

/** Since the start of this core, not over the period. Milliseconds; `since`: since the Unix epoch. */
export interface AddedLatency {
  readonly since: number;
  readonly exchanges: number;
  readonly median: number;
  /** 95 of 100 stay below. */
  readonly high: number;
}

/** `unknown`: it cannot be told from here, as `why` says. */
export interface ClientCoverage {
  readonly client: string;
  readonly title: string;
  readonly state: 'through' | 'around' | 'unknown';
  /** One sentence. */
  readonly why: string;
  /** It runs now. */
  readonly runs: boolean;
}

export interface LogSize {
  /** Bytes on disk. */
  readonly log: number;
  readonly index: number;
  /** What the policy allows: bytes, milliseconds. */
  readonly maxSize: number;
  readonly retain: number;
}

export const overviewContract = {
  /** Counted in a thread of its own; fails with a sentence when that takes longer than 20 seconds. */
  counts: shows.input(overviewInput).output(type<Overview>()),
  latency: shows.output(type<AddedLatency | null>()),
  /** Clients that are installed, set up or running. Takes up to six seconds. */
  coverage: shows.output(type<readonly ClientCoverage[]>()),
  size: shows.output(type<LogSize>()),
};
