// What a rule is: data. A public context, one captured group (the secret), and what else must be true of it.
import type { Certainty, Severity } from './finding.ts';
import type { Pattern } from './positions.ts';

/** What a check says of a captured value: not a finding, a finding, or one whose checksum is right. */
export type CheckResult = 'no' | 'yes' | 'checksum';

export type Check = (value: string) => CheckResult;

export type PackName = 'secrets' | 'pii' | 'looks-like-secret';

export interface Rule {
  readonly id: string;
  /** Names the placeholder: MASKED_<KIND>_… */
  readonly kind: string;
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly pack: PackName | 'custom' | 'known';
  /** ECMAScript syntax; the unnamed groups are masked (a match goes through one of them), all of it when there is none. */
  readonly pattern: string;
  readonly flags?: string;
  /** The same pattern ready-made: the vendor formats need no parser. */
  readonly compiled?: () => Pattern;
  /** SECURITY: a check of a prefixed vendor format may only raise the certainty, never say no: formats change. */
  readonly check?: Check;
  /** Overrides the policy's placeholder style. */
  readonly placeholder?: string;
  /** Matches, as sketches (see `sketch.ts`), from which the tests build texts. */
  readonly examples: readonly string[];
  readonly counterExamples?: readonly string[];
}
