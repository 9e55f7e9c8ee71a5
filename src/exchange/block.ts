// A part of a response that could do something.

import type { Proposal } from '../risk/risk.ts';

/** A tool call, or a fenced block of code. Raw, as the model wrote it. */
export interface Block {
  readonly proposal: Proposal;
  /** The tool call's input as JSON or text, or the code. */
  readonly source: string;
  /** Undefined: not judged yet. Null: allowed. Else what takes its place. */
  refusal: string | null | undefined;
}
