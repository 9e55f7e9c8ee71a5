// What an exchange is given when it begins.

import type { RequestHead } from '../http/head.ts';
import type { Dialect } from '../wire/parts.ts';
import type { RiskInForce } from './judge.ts';
import type { MaskingInForce } from './rewriter.ts';

export type RequestTreatment = 'pass' | 'warn' | 'mask' | 'block';

export interface ExchangeSetup {
  readonly head: RequestHead;
  readonly dialect: Dialect;
  readonly masking: MaskingInForce;
  /** Report and log findings, but let everything pass as it came. */
  readonly observe: boolean;
  readonly requests: RequestTreatment;
  /** The policy lets this host's bodies pass where they cannot be read. */
  readonly passUnreadable: boolean;
  /** Milliseconds without a byte after which a client that waits for something held back is kept calm. */
  readonly keepAlive: number;
  /** What the policy says about what the model wants done; undefined: nothing is judged. */
  readonly risk: (() => RiskInForce) | undefined;
  /** Keyed hash of a text, hex. */
  readonly hash: (text: string) => string;
  readonly canDecode: (coding: string) => boolean;
}
