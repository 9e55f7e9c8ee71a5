// What a report says of a period, whatever it is printed as. All texts in it are masked, or Scrim's own words.

import type { MaskedText } from '../../base/text.ts';
import type { RecordedGap, RecordedVerdict } from '../../contract/records.ts';
import type { Severity } from '../exported.ts';

export interface Report {
  readonly about: {
    readonly version: string;
    readonly machine: string;
    /** Milliseconds since the Unix epoch, as all times here. */
    readonly madeAt: number;
    /** Null: from the beginning of the log. */
    readonly since: number | null;
    readonly until: number;
  };
  readonly totals: Totals & { readonly sessions: number; readonly failed: number; readonly cut: number };
  /** Every day of the period that has something, oldest first. */
  readonly days: readonly Day[];
  /** Most frequent first, as all lists of counts. */
  readonly rules: readonly RuleCount[];
  readonly clients: readonly Group[];
  readonly projects: readonly Group[];
  readonly models: readonly Group[];
  readonly hosts: readonly Group[];
  readonly verdicts: Readonly<Record<RecordedVerdict['verdict'], number>>;
  readonly waiting: { readonly asked: number; readonly median: number | null; readonly longest: number | null };
  /** Newest first. */
  readonly approvals: readonly Approval[];
  /** How many more there were than the list holds. */
  readonly approvalsLeftOut: number;
  readonly failures: readonly { readonly code: string; readonly count: number }[];
  readonly gaps: readonly RecordedGap[];
  readonly gapsLeftOut: number;
  readonly proof: ReportProof;
}

export interface Totals {
  readonly exchanges: number;
  readonly findings: number;
  readonly denied: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface Day extends Totals {
  /** `2026-11-20`, UTC. */
  readonly day: string;
}

export interface RuleCount {
  readonly rule: string;
  /** What it does: hide a value, or judge an action. */
  readonly about: 'masking' | 'risk';
  readonly severity: Severity;
  readonly count: number;
}

export interface Group extends Totals {
  /** Null: all those that did not fit into the list. */
  readonly name: MaskedText | null;
}

export interface Approval {
  readonly exchange: string;
  readonly at: number;
  readonly verdict: RecordedVerdict['verdict'];
  readonly by: RecordedVerdict['by'];
  readonly program: MaskedText;
  readonly project: MaskedText | null;
  readonly tool: MaskedText;
  /** Its beginning. */
  readonly action: MaskedText;
  readonly rules: readonly string[];
  readonly severity: Severity;
  readonly reasons: readonly string[];
  readonly note: MaskedText | null;
  /** Milliseconds; null where nobody was asked. */
  readonly waited: number | null;
}

/** What verifying the whole log gave. */
export interface ReportProof {
  /** The first record that is not what it was; null when all are. */
  readonly damage: { readonly n: number; readonly exchange: string | null; readonly what: string } | null;
  readonly records: number;
  readonly exchanges: number;
  readonly purged: number;
  readonly unproven: number;
  /** Hash of the last record, hex. */
  readonly head: string | null;
  readonly signedAnchors: number;
  readonly keys: readonly string[];
}
